"""Erasing a person: the records stay, and not a word of the person, in any column of any table."""

import json
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.urls import reverse
from django.utils.timezone import localdate, now

from association import integrity
from association.backup import hooks
from association.choices import Channel, RowResult
from association.errors import Refused
from association.models import Activity, Delivery, ImportBatch, ImportRow, Notice, User
from members import erasure_journal
from members.choices import ApplicationState, RequestState
from members.domain import contacts, erasures, invitations, memberships, person_requests, profile_changes
from members.models import (
    Application,
    Contact,
    ContactRole,
    Erasure,
    Organization,
    PersonRequest,
    ProfileChange,
)
from tests.application_role import as_application
from tests.conftest import signed_in_client
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
NAME, FORMER, MOBILE, EMAIL, WECHAT, LANDLINE = (
    "欧阳独特", "欧阳旧名", "13712340987", "duteperson@test.cn", "weixin_dute", "010-87654321",
)  # fmt: skip
WORDS = (NAME, FORMER, MOBILE, "duteperson", "weixin_dute", "87654321", "ouyangdute")


@pytest.fixture
def journal(settings, tmp_path):
    settings.ERASURE_JOURNAL = tmp_path / "house" / "erasures.jsonl"
    return settings.ERASURE_JOURNAL


@pytest.fixture(autouse=True)
def _journal(journal):
    return journal


@pytest.fixture
def person(secretary, park_unit):
    """An account whose person left traces everywhere: former name, duties, invitation, proposal, letters, an import."""
    manager = make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")
    contact = contacts.add_contact(
        park_unit, by=secretary, duty="finance", title="财务总监", name=FORMER, mobile=MOBILE, email=EMAIL.upper(),
        wechat=WECHAT, landline=LANDLINE,
    )  # fmt: skip
    user = User.objects.create_user(EMAIL, NAME, mobile=MOBILE)
    changes = {"name": NAME, "user": user, "email": EMAIL}
    contacts.update_contact(contact, by=secretary, organization=park_unit, version=1, changes=changes)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    contacts.assign_duty(park_unit, Contact.objects.get(pk=contact.pk), by=manager, duty="liaison")
    _proposed_once(park_unit, contact, manager)
    _imported(park_unit, contact, secretary)
    Application.objects.create(
        token_hash="x", address=EMAIL, state=ApplicationState.WITHDRAWN, name="另一家", representative_name=NAME,
        representative_mobile=MOBILE, liaison_email=EMAIL, reason=f"{NAME}来电撤回",
    )  # fmt: skip
    Delivery.objects.create(
        channel=Channel.EMAIL, address=EMAIL.upper(), subject=f"{NAME}，您好", text=MOBILE, give_up_at=now()
    )
    return user


def _proposed_once(unit, contact, manager):
    change = ProfileChange.objects.create(
        organization=unit, field="representative", new={"contact": contact.pk, "name": NAME, "mobile": MOBILE},
        old={"contact": 0, "name": FORMER, "title": "", "mobile": ""}, filed_by=manager, filed_at=now(), due_on=localdate(),
    )  # fmt: skip
    profile_changes.withdraw(change, by=manager)


def _imported(unit, contact, by):
    batch = ImportBatch.objects.create(
        plan="members.roster", owner=by, filename="名册.xlsx", state="done", total=1, update_count=1,
        effects={"created": {}, "changed": {"members.Contact": {str(contact.pk): {"name": FORMER, "mobile": MOBILE}}}},
    )  # fmt: skip
    batch.file.save("x.xlsx", ContentFile(b"PK"))
    ImportRow.objects.create(
        batch=batch, number=2, result=RowResult.UPDATE, title=unit.name, target=unit.pk, summary=f"联络员改为{NAME}",
        differences=[["联络员", FORMER, NAME]], operations={"people": [{"fields": {"mobile": MOBILE, "floor": 3}}]},
    )  # fmt: skip


def asked(user, by):
    """A request of the person to be erased, verified by `by`."""
    return person_requests.verify(
        person_requests.file(user, kind="erasure", text=f"我是{NAME}，{MOBILE}"), by=by, how=f"回电 {MOBILE}"
    )


def where_it_says(*words):
    """table.column of every text in the database that holds one of the words, in any form a column can have."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN"
            " ('text', 'character varying', 'jsonb', 'json', 'ARRAY') AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')"
        )
        for table, column in cursor.fetchall():
            for word in words:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" WHERE lower("{column}"::text) LIKE lower(%s)',
                    [f"%{word}%"],
                )
                if cursor.fetchone()[0]:
                    found.add(f"{table}.{column}: {word}")
    return sorted(found)


def broken():
    return {f.invariant.key: f.offenders for f in integrity.verify() if f.is_broken}


# --- what becomes of the person ------------------------------------------------------------------------------------


def test_not_a_word_of_the_person_is_left_in_any_table(person, secretary, secretary_general, park_unit):
    request = asked(person, secretary)
    before = {w.partition(": ")[2] for w in where_it_says(*WORDS)}
    assert before == set(WORDS)
    numbers = {
        m: m._base_manager.count()
        for m in (Activity, Notice, Delivery, ContactRole, ProfileChange, Application)
    }
    erasures.erase(request, by=secretary_general)
    assert where_it_says(*WORDS) == []
    after = {m: m._base_manager.count() for m in numbers}
    assert after == numbers | {
        Activity: numbers[Activity] + 1,
        Notice: numbers[Notice] + 1,
        Delivery: numbers[Delivery] + 1,
    }
    assert broken() == {}


def test_the_records_stay_and_the_account_is_closed(person, secretary, secretary_general, park_unit):
    contact = person.contact
    client = signed_in_client(person)
    assert client.get("/today/").status_code == 200
    erasure = erasures.erase(asked(person, secretary), by=secretary_general)
    contact, user = Contact.objects.get(pk=contact.pk), User.objects.get(pk=person.pk)
    placeholder = f"已删除的个人{contact.pk}"
    assert (contact.name, contact.mobile, contact.email, contact.wechat, contact.landline) == (
        placeholder,
        "",
        "",
        "",
        "",
    )
    assert (user.full_name, user.email, user.mobile, user.is_active, user.has_usable_password()) == (
        placeholder,
        None,
        "",
        False,
        False,
    )
    assert [
        Authenticator.objects.filter(user=user).exists(),
        EmailAddress.objects.filter(user=user).exists(),
    ] == [False, False]
    assert client.get("/today/").status_code == 302
    roles = ContactRole.objects.filter(contact=contact, organization=park_unit)
    assert sorted(roles.values_list("duty", "title", "until")) == [
        ("finance", "", localdate()),
        ("liaison", "", localdate()),
    ]
    assert f"{placeholder}任财务（开票）" in {a.sentence for a in Activity.objects.about(park_unit)}
    assert (erasure.contact_key, erasure.user_key, erasure.by) == (contact.pk, user.pk, secretary_general)
    assert Erasure.objects.get().counts["names"] == 2


def test_other_requests_end_with_it_and_the_copy_is_gone(
    person, secretary, secretary_general, run_jobs, django_capture_on_commit_callbacks
):
    copied = person_requests.verify(person_requests.file(person, kind="copy"), by=secretary, how="回电")
    run_jobs()
    copied.refresh_from_db()
    storage, name = copied.file.storage, copied.file.name
    waiting = person_requests.file(person, kind="correction", text=f"{NAME}写错了")
    with django_capture_on_commit_callbacks(execute=True):
        erasures.erase(asked(person, secretary), by=secretary_general)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.text, storage.exists(name)) == (RequestState.WITHDRAWN, "", False)
    assert where_it_says(*WORDS) == []


def test_of_a_namesake_everything_stays(person, secretary, secretary_general, park_unit, other_unit):
    double = contacts.add_contact(park_unit, by=secretary, duty="publicity", name=NAME, mobile="13900001234")
    elsewhere = contacts.add_contact(other_unit, by=secretary, duty="finance", name=NAME)
    erasures.erase(asked(person, secretary), by=secretary_general)
    said = [a.sentence for c in (double, elsewhere) for a in Activity.objects.about(c)]
    assert [s.startswith(NAME) for s in said] == [True, True]
    assert Contact.objects.get(pk=double.pk).mobile == "13900001234"


def test_undoing_an_import_does_not_bring_the_person_back(
    person, secretary, secretary_general, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        erasures.erase(asked(person, secretary), by=secretary_general)
    batch = ImportBatch.objects.get()
    old = batch.effects["changed"]["members.Contact"][str(person.contact.pk)]
    assert old == {"name": f"已删除的个人{person.contact.pk}", "mobile": ""}
    assert (batch.file.name, batch.rows.get().operations) == (
        "",
        {"people": [{"fields": {"mobile": "", "floor": 3}}]},
    )


def test_doing_it_twice_changes_nothing(person, secretary, secretary_general):
    request = asked(person, secretary)
    first = erasures.erase(request, by=secretary_general)
    count = Activity.objects.count()
    assert erasures.erase(request, by=secretary_general) == first
    assert (Activity.objects.count(), Erasure.objects.count()) == (count, 1)
    kinds = Activity.objects.about(request).values_list("kind", flat=True)
    assert next(iter(kinds)) == "members.person.erased"


def test_who_verified_hears_of_it_and_the_person_of_nothing_more(person, secretary, secretary_general):
    erasures.erase(asked(person, secretary), by=secretary_general)
    assert Notice.objects.filter(kind="members.person_erased").get().recipient == secretary
    assert set(Notice.objects.filter(recipient=person).values_list("title", "body")) == {("（已删除）", "")}
    assert set(Delivery.objects.filter(user=person).values_list("address", "text", "state")) == {
        ("（已删除）", "", "failed")
    }


# --- who, and when not ----------------------------------------------------------------------------------------------


def test_two_people_and_never_oneself(person, secretary, secretary_general):
    filed = person_requests.file(person, kind="erasure")
    with pytest.raises(Refused, match="还没有核对身份"):
        erasures.erase(filed, by=secretary_general)
    request = asked(person, secretary)
    with pytest.raises(Refused, match="另一位同事执行"):
        erasures.erase(request, by=secretary)
    own = person_requests.verify(
        person_requests.file(secretary, kind="erasure"), by=secretary_general, how="当面"
    )
    with pytest.raises(Refused, match="自己的请求"):
        erasures.erase(own, by=secretary)
    assert Erasure.objects.count() == 0


def test_the_last_representative_and_the_last_manager_come_first(secretary, secretary_general, park_unit):
    only = make_user("郑管理", "only@test.cn", organization=park_unit, duty="manager")
    request = asked(only, secretary)
    with pytest.raises(Refused, match="唯一的会员管理员"):
        erasures.erase(request, by=secretary_general)
    make_user("又一位", "second@test.cn", organization=park_unit, duty="manager")
    erasures.erase(request, by=secretary_general)
    represents = make_user("钱代表", "rep@test.cn", organization=park_unit, duty="representative")
    with pytest.raises(Refused, match="唯一的会员代表"):
        erasures.erase(asked(represents, secretary), by=secretary_general)


def test_of_a_unit_that_left_nobody_is_needed(secretary, secretary_general):
    left = make_organization("演示已退公司", people=False, left=localdate())
    former = make_user("吴曾任", "former@test.cn", organization=left, duty="manager")
    erasures.erase(asked(former, secretary), by=secretary_general)
    assert broken() == {}


def test_staff_and_bearers_of_a_post_come_first(treasurer, secretary, secretary_general, park_unit):
    with pytest.raises(Refused, match="协会内部的职责"):
        erasures.erase(asked(treasurer, secretary), by=secretary_general)
    bearer = make_user("会长先生", "bearer@test.cn", organization=park_unit)
    memberships.add_post(
        park_unit, by=secretary, grade=20, since=localdate(), basis="选举", contact=bearer.contact
    )
    with pytest.raises(Refused, match="先办理卸任"):
        erasures.erase(asked(bearer, secretary), by=secretary_general)
    assert Contact.objects.get(pk=bearer.contact.pk).name == "会长先生"


def test_an_open_invitation_is_dead_afterwards(person, secretary, secretary_general, park_unit):
    Contact.objects.filter(pk=person.contact.pk).update(user=None)
    _, token = invitations.invite(park_unit, person.contact, by=secretary, duty="clerk")
    Contact.objects.filter(pk=person.contact.pk).update(user=person)
    erasures.erase(asked(person, secretary), by=secretary_general)
    assert invitations.usable(token) is None


def test_somebody_without_a_contact(stranger, secretary, secretary_general):
    erasures.erase(asked(stranger, secretary), by=secretary_general)
    stranger.refresh_from_db()
    assert (stranger.full_name, stranger.is_active) == (f"已删除的个人Z{stranger.pk}", False)
    assert (where_it_says("路人甲", "stranger@test.cn"), broken()) == ([], {})


def test_who_comes_back_is_noticed(person, secretary, secretary_general, park_unit):
    request = asked(person, secretary)
    erasures.erase(request, by=secretary_general)
    Contact.objects.filter(pk=person.contact.pk).update(mobile=MOBILE)
    PersonRequest.objects.filter(pk=request.pk).update(kind="copy")
    assert set(broken()) == {"members.erased_people", "members.erased_by_two"}


# --- the database's own door -----------------------------------------------------------------------------------------


def call(erasure):
    with connection.cursor() as cursor:
        cursor.execute("SELECT erase_person(%s)", [erasure])


def test_the_function_does_nothing_without_a_request_that_another_verified(person, secretary):
    request = asked(person, secretary)
    alone = Erasure.objects.create(
        request=request, contact_key=person.contact.pk, user_key=person.pk, by=secretary
    )
    other = Erasure.objects.create(request=request, user_key=secretary.pk)
    for pk in (alone.pk, other.pk, 0):
        with pytest.raises(DatabaseError, match="erasure"), transaction.atomic():
            call(pk)
    assert User.objects.get(pk=person.pk).full_name == NAME


def test_the_application_erases_through_this_door_and_no_other(person, secretary, secretary_general):
    request = asked(person, secretary)
    with as_application() as cursor:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("UPDATE members_contactevent SET name = 'x'")
        erasures.erase(request, by=secretary_general)
    assert where_it_says(*WORDS) == []


# --- after a restore --------------------------------------------------------------------------------------------------


def restored_without(erasure, contact_values, user_values):
    """The records as an older backup brings them back: the person is there again, and nothing knows of the erasure."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM members_erasure")
        cursor.execute("UPDATE members_personrequest SET state = 'withdrawn'")
    Contact.objects.filter(pk=erasure.contact_key).update(**contact_values)
    User.objects.filter(pk=erasure.user_key).update(**user_values)


def test_a_restored_older_backup_loses_the_person_again(
    person, secretary, secretary_general, journal, tmp_path, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        erasure = erasures.erase(asked(person, secretary), by=secretary_general)
    hooks.beside(tmp_path / "backups")
    beside = tmp_path / "backups" / "erasures.jsonl"
    assert [json.loads(line)["contact"] for line in beside.read_text().splitlines()] == [erasure.contact_key]
    restored_without(
        erasure,
        {"name": NAME, "mobile": MOBILE, "email": EMAIL},
        {"full_name": NAME, "email": EMAIL, "is_active": True},
    )
    Path(journal).unlink()
    assert where_it_says(NAME) != []
    said = []
    hooks.after_restore_of(tmp_path / "backups" / "house-20260101-000000", tell=said.append)
    assert (where_it_says(*WORDS), broken()) == ([], {})
    assert said == ["正在重做个人信息的删除：记录 1 项，涉及 1 人"]
    assert [entry.contact for entry in erasure_journal.read(journal)] == [erasure.contact_key]


def test_a_younger_record_with_the_same_key_is_somebody_else(person, secretary):
    entry = erasure_journal.Entry(person.contact.pk, person.pk, "2020-01-01T00:00:00+00:00")
    assert erasures.replay([entry]) == 0
    assert User.objects.get(pk=person.pk).full_name == NAME


def test_the_command_erases_what_the_journal_names(
    person, secretary, secretary_general, capsys, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        erasure = erasures.erase(asked(person, secretary), by=secretary_general)
    restored_without(erasure, {"name": NAME}, {"full_name": NAME})
    call_command("replay_erasures")
    assert "涉及 1 人" in capsys.readouterr().out
    assert where_it_says(NAME) == []


def test_a_torn_journal_is_read_as_far_as_it_goes(tmp_path):
    path = tmp_path / "j"
    path.write_text('{"contact": 1, "user": null, "at": "2026-01-01T00:00:00+00:00"}\n{"contact": 2, "us')
    assert [e.contact for e in erasure_journal.read(path)] == [1]
    assert erasure_journal.read(tmp_path / "none") == []


# --- pages ------------------------------------------------------------------------------------------------------------


def url(name, request):
    return reverse(f"members:{name}", args=[request.pk])


def test_the_page_says_what_stands_in_the_way_and_asks_for_proof(
    as_user, secretary, secretary_general, park_unit
):
    only = make_user("郑管理", "only@test.cn", organization=park_unit, duty="manager")
    request = asked(only, secretary)
    page = as_user(secretary_general).get(url("person_request", request)).content.decode()
    assert "唯一的会员管理员" in page
    assert url("request_erase", request) not in page
    refused = as_user(secretary_general).post(url("request_erase", request))
    assert (refused.status_code, "现在还不能删除" in refused.content.decode()) == (409, True)
    unproved = signed_in_client(secretary_general, proved=False).post(url("request_erase", request))
    assert unproved.status_code == 302
    assert PersonRequest.objects.get(pk=request.pk).state == RequestState.HANDLING


def test_an_erasure_through_the_page(as_user, person, secretary, secretary_general, treasurer):
    request = asked(person, secretary)
    address = url("request_erase", request)
    assert [as_user(p).get(address).status_code for p in (secretary_general, treasurer)] == [405, 405]
    assert as_user(treasurer).post(address).status_code == 403
    assert as_user(secretary_general).post(address).status_code == 303
    page = as_user(secretary).get(url("person_request", request)).content.decode()
    assert ("已完成" in page, f"已删除的个人{person.contact.pk}" in page, NAME in page) == (True, True, False)


def test_every_text_column_is_looked_at():
    """That the search above would find a word anywhere: every text field of ours is a column it reads."""
    ours = {m._meta.db_table for m in apps.get_models() if m._meta.app_label in ("association", "members")}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE data_type IN ('text', 'character varying', 'jsonb', 'ARRAY')"
        )
        read = set(cursor.fetchall())
    texts = (models.CharField, models.TextField, models.JSONField, models.FileField)
    wanted = {
        (m._meta.db_table, f.column) for m in apps.get_models() if m._meta.db_table in ours
        for f in m._meta.concrete_fields if isinstance(f, texts)
    }  # fmt: skip
    assert wanted - read == set()
    assert Organization._meta.db_table in ours
