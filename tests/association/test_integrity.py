"""Each invariant holds in a house in use, and notices when somebody goes behind the back of the verbs."""

import json
import os
from contextlib import suppress
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from association import integrity, invariants
from association.models import Activity, Delivery, ExportJob, Job
from members.models import Organization, Park, Post
from tests.factories.attachments import added

pytestmark = pytest.mark.django_db
NEEDS_ROLE = "SELECT 1 FROM pg_roles WHERE rolname = 'house_app'"


@pytest.fixture(autouse=True)
def world(world):
    execute("SET CONSTRAINTS ALL IMMEDIATE")  # else a table with pending checks cannot be altered
    return world


def execute(sql, params=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def broken(**options):
    return {f.invariant.key: f.offenders for f in integrity.verify(**options) if f.is_broken}


def silently(table, sql):
    """Change rows as somebody would who knows how to switch the history off."""
    execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    execute(sql)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_a_house_in_use_is_sound(world):
    assert broken() == {}


@pytest.fixture
def _sound(world):
    assert broken() == {}


# --- what breaks which sentence ---------------------------------------------------------------------------


SQL = {
    "DELETE FROM django_migrations WHERE app = 'members' AND name = '0001_initial'": {"migrations"},
    "DROP INDEX park_one_main": {"constraints"},
    "ALTER TABLE members_membership DROP CONSTRAINT membership_no_overlap": {"constraints"},
    "ALTER TABLE members_membership DISABLE TRIGGER pgtrigger_keep_latest_1c3e7": {"constraints"},
    "UPDATE association_roleassignment SET granted_by_id = (SELECT max(id) FROM association_user), confirmed_by_id = NULL, confirmed_at = now()": {"roles_by_two"},
    "UPDATE members_organization SET latest_joined_on = latest_joined_on - 1": {"members.latest"},
    "UPDATE members_organization SET membership_count = membership_count + 1": {"members.latest"},
    "UPDATE members_park SET is_main = false": {"members.main_park"},
    "UPDATE members_organization SET pinyin_full = ''": {"members.search_keys"},
    "UPDATE members_contact SET search_text = ''": {"members.search_keys"},
    "UPDATE members_park SET stroke_key = ''": {"members.search_keys"},
    "UPDATE members_organization SET merged_into_id = (SELECT max(id) FROM members_organization) WHERE id = (SELECT min(id) FROM members_organization)": {"members.certificates_of_members", "members.merged_are_empty", "members.merged_units"},
    "UPDATE association_importbatch SET total = total + 1": {"imports_add_up"},
    "UPDATE association_importbatch SET error_count = 0": {"imports_add_up"},
    "DELETE FROM association_importrow": {"imports_add_up"},
    "UPDATE association_attachment SET object_id = 999999999": {"attachments_owned", "events.covers_of_their_event"},
    "UPDATE association_delivery SET secret = true": {"deliveries_secret"},
    "UPDATE members_bill SET paid = paid - 1 WHERE paid > 0 AND id NOT IN (SELECT bill_id FROM members_receipt)": {"members.paid_is_the_sum"},
    "UPDATE members_bill SET waived = 1 WHERE paid = 0 AND number = 'HF-2022-900001'": {"members.waived_whole"},
    "UPDATE members_bill SET voided_at = now(), void_reason = '误出', waived = amount WHERE number = 'HF-2022-900001'": {"members.bill_void", "members.waived_whole"},
    "UPDATE members_billrun SET issued = issued + 1 WHERE state = 'failed'": {"members.bill_run"},
    "UPDATE members_feestandard SET name = name || '改' WHERE adopted_on IS NOT NULL": {"members.fee_standard_fixed"},
    "UPDATE members_bill b SET issued_by_id = p.confirmed_by_id FROM members_payment p WHERE p.bill_id = b.id": {"members.two_pairs_of_eyes"},
    "UPDATE members_paymentslip SET state = 'accepted', settled_at = now()": {"members.slips_have_payments"},
    "UPDATE members_receipt SET amount = amount + 1": {"members.receipts_within_paid"},
    "UPDATE members_receipt SET kind = 'invoice'": {"members.receipts_within_paid"},
    "UPDATE members_bankline SET used = 1 WHERE state = 'open'": {"members.bank_lines"},
    "UPDATE members_bankstatement SET line_count = line_count + 1": {"members.bank_lists"},
    "UPDATE members_membership SET left_on = '2022-03-01' WHERE organization_id IN (SELECT organization_id FROM members_certificate)": {"members.certificates_of_members", "members.open_case_of_member"},
    "UPDATE members_exitcase SET organization_id = (SELECT organization_id FROM members_exitcase WHERE number = 'TH-2022-0007') WHERE number = 'TH-2022-0001'": {"members.open_case_of_member"},
    "UPDATE members_exitcase SET left_on = left_on - 1 WHERE state = 'done'": {"members.done_case_ended_membership"},
    "UPDATE members_exitcase SET urged = urged + 1 WHERE state = 'urging'": {"members.case_steps"},
    "UPDATE members_suspension SET since = '2001-01-01'": {"members.suspended_member"},
    "UPDATE members_consent SET given = false WHERE application_id IS NOT NULL": {"members.applications_consented"},
    "UPDATE events_petition SET closed_at = now() WHERE closed_at IS NULL": {"events.petitions_have_steps"},
    "UPDATE events_handover SET objected_at = now(), objection = '不符'": {"events.petitions_with_departments"},
    "DELETE FROM events_answer": {"events.petitions_answered"},
    "UPDATE events_petition SET handover_id = NULL WHERE lead_id IS NOT NULL": {"events.followers_share_the_letter", "events.petitions_with_departments"},
    "UPDATE events_posting SET organization_id = (SELECT min(id) FROM members_organization) WHERE id IN (SELECT posting_id FROM events_match WHERE agreed_at IS NOT NULL)": {"events.matches_of_two_units"},
    "UPDATE events_contactsharing SET given_at = given_at + interval '1 day'": {"events.contacts_by_two_consents"},
    "UPDATE events_match SET asked_at = asked_at + interval '1 day'": {"events.matches_in_order"},
    "UPDATE events_posting SET submitted_at = published_at + interval '1 day' WHERE published_at IS NOT NULL": {"events.postings_reviewed"},
}  # fmt: skip


@pytest.mark.usefixtures("_sound")
def test_a_broken_sentence_is_named():
    """One world for all of them: each is broken, asked, and mended by taking the transaction back."""
    found = {}
    for sql in SQL:
        with suppress(TakeBack), transaction.atomic():
            execute(sql)
            found[sql] = set(broken())
            raise TakeBack
    assert found == SQL


class TakeBack(Exception):
    """Ends a transaction without leaving anything behind."""


@pytest.mark.usefixtures("_sound")
def test_rights_that_were_given_too_freely():
    if not integrity.rows(NEEDS_ROLE):
        assert [f.skipped for f in integrity.verify(only=["rights"])] == ["这里没有数据库角色 house_app"]
        return
    execute("GRANT UPDATE ON association_activity TO house_app")
    assert broken() == {"rights": ["house_app 可以对 association_activity 执行 UPDATE"]}
    execute("GRANT INSERT ON members_organizationevent TO house_app")
    execute("GRANT CREATE ON SCHEMA public TO house_app")
    assert len(broken()["rights"]) == 3


def test_a_role_that_is_not_there_is_not_asked(world, settings):
    settings.APP_DATABASE_ROLE = "nobody_has_this_role"
    assert [f.skipped for f in integrity.verify(only=["rights"])] == [
        "这里没有数据库角色 nobody_has_this_role"
    ]


@pytest.mark.usefixtures("_sound")
def test_a_role_confirmed_by_its_own_bearer(world):
    execute(
        "UPDATE association_roleassignment SET granted_by_id = %s, confirmed_by_id = user_id WHERE user_id <> %s",
        [world.people["treasurer"].pk, world.people["treasurer"].pk],
    )
    assert set(broken()) == {"roles_by_two"}


# --- history ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_sound")
def test_a_change_without_history(world):
    pk = world.own["unit"]
    silently("members_organization", f"UPDATE members_organization SET phone = '010-1' WHERE id = {pk}")
    assert broken() == {"history": [f"单位 {pk} 与最后的历史不同"]}


@pytest.mark.usefixtures("_sound")
def test_a_record_without_history(world):
    execute("DELETE FROM members_tagevent")
    assert {text.split()[-1] for text in broken()["history"]} == {"没有历史"}


@pytest.mark.usefixtures("_sound")
def test_a_record_that_vanished(world):
    silently("members_post", f"DELETE FROM members_post WHERE id = {world.own['post']}")
    assert broken() == {"history": [f"任职 {world.own['post']} 消失了而没有记录"]}


@pytest.mark.usefixtures("_sound")
def test_a_record_removed_by_its_verb_is_no_loss(world):
    Post.objects.filter(pk=world.own["post"]).delete()
    assert broken() == {}


@pytest.mark.usefixtures("_sound")
def test_a_null_is_told_from_a_value(world):
    silently("members_park", f"UPDATE members_park SET floor_area = NULL WHERE id = {world.own['park']}")
    assert list(broken()) == ["history"]


# --- the roster -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_sound")
def test_two_memberships_on_one_day(world):
    execute("ALTER TABLE members_membership DROP CONSTRAINT membership_no_overlap")
    unit = world.own["unit"]
    execute(
        "INSERT INTO members_membership (organization_id, joined_on, batch, basis, leave_reason, leave_basis) "
        "VALUES (%s, '2022-06-01', '', '', '', '')",
        [unit],
    )
    assert broken()["members.one_membership"] == [f"单位 {unit}"]


@pytest.mark.usefixtures("_sound")
def test_records_of_two_units_mixed_up(world):
    execute("UPDATE members_alternativename SET park_id = %s", [world.other["park"]])
    execute("UPDATE members_post SET contact_id = %s", [world.other["contact"]])
    found = broken()
    assert list(found) == ["members.own_records"]
    assert sorted(text.split()[0] for text in found["members.own_records"]) == ["任职", "任职", "曾用名"]


# --- files ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_sound")
def test_a_file_that_is_gone(world):
    storages["exports"].delete(ExportJob.objects.get(pk=world.own["export"]).file)
    stored = storages["attachments"].listdir("")[1][0]
    storages["attachments"].delete(stored)
    found = broken()
    assert set(found) == {"files_missing", "exports_kept"}
    assert found["files_missing"][0].endswith(stored)


@pytest.mark.usefixtures("files_on_units")
def test_a_file_that_was_changed(park_unit, member):
    attachment = added(park_unit, member)
    assert broken(files=True) == {}
    with open(storages["attachments"].path(attachment.files.get().stored_name), "ab") as file:
        file.write(b"x")
    assert broken() == {}
    assert list(broken(files=True)) == ["files_damaged"]


@pytest.mark.usefixtures("_sound")
def test_a_file_that_nobody_knows():
    name = storages["attachments"].save("ab/cdef", ContentFile(b"x"))
    assert broken() == {}
    old = (timezone.now() - timedelta(days=3)).timestamp()
    os.utime(storages["attachments"].path(name), (old, old))
    assert broken() == {"files_orphaned": ["ab/cdef"]}


# --- background work --------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["queued", "running"])
@pytest.mark.usefixtures("_sound")
def test_work_that_nobody_does(monkeypatch, state):
    long_ago = timezone.now() - timedelta(minutes=16)
    job = Job.objects.create(name="association.tidy", state=state, claimed_at=long_ago)
    Job.objects.filter(pk=job.pk).update(created_at=long_ago)
    monkeypatch.setattr(invariants, "worker_answers", lambda: True)
    assert broken() == {"jobs_flow": [f"任务 {job.pk} association.tidy"]}
    monkeypatch.setattr(invariants, "worker_answers", lambda: False)
    (found,) = integrity.verify(only=["jobs_flow"])
    assert (found.is_broken, found.skipped) == (False, "没有后台进程在运行，1 项在等待")


@pytest.mark.usefixtures("_sound")
def test_work_for_later_is_not_late(monkeypatch):
    monkeypatch.setattr(invariants, "worker_answers", lambda: True)
    soon = timezone.now() + timedelta(hours=1)
    job = Job.objects.create(name="association.tidy", run_after=soon)
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(days=1))
    assert broken() == {}


@pytest.mark.parametrize("state", ["queued", "held", "sending"])
@pytest.mark.usefixtures("_sound")
def test_a_letter_that_nobody_sends(monkeypatch, state):
    long_ago = timezone.now() - timedelta(minutes=16)
    letter = Delivery.objects.order_by("pk").first()
    Delivery.objects.filter(pk=letter.pk).update(state=state, send_after=long_ago, claimed_at=long_ago)
    letter.refresh_from_db()
    monkeypatch.setattr(invariants, "worker_answers", lambda: True)
    assert broken() == {"deliveries_flow": [f"邮件 {letter.pk} {letter.get_state_display()}"]}
    Delivery.objects.filter(pk=letter.pk).update(send_after=timezone.now(), claimed_at=timezone.now())
    assert broken() == {}


# --- the command ------------------------------------------------------------------------------------------


def command(*arguments):
    out, code = StringIO(), 0
    try:
        call_command("verify_integrity", *arguments, stdout=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


@pytest.mark.usefixtures("_sound")
def test_the_command_says_it_and_ends_with_1(world):
    assert command()[0] == 0
    execute("UPDATE members_park SET is_main = false")
    code, text = command()
    assert code == 1
    assert f"不符  有园区的单位恰有一个主园区。\n      单位 {world.own['unit']}：0 个主园区\n" in text
    assert text.endswith("1 条不符。\n")


@pytest.mark.usefixtures("_sound")
def test_the_command_in_json():
    code, text = command("--json")
    found = json.loads(text)
    assert (code, found["broken"]) == (0, 0)
    assert {i["state"] for i in found["invariants"]} <= {"holds", "skipped"}
    assert [i["key"] for i in found["invariants"]] == [i.key for i in integrity.invariants()]


def test_the_command_knows_its_names(world):
    assert command("--list")[1].count("\n") == len(integrity.invariants())
    assert command("--only", "history")[1].startswith("相符  每一处改动都有历史")
    with pytest.raises(CommandError, match="没有名为 x 的检查"):
        command("--only", "x")


def test_a_long_list_is_cut(world):
    execute("UPDATE members_organization SET search_text = '', pinyin_full = ''")
    for number in range(30):
        Organization.objects.create(name=f"无名{number}", credit_code=f"{number}")
    (found,) = integrity.verify(only=["members.search_keys"])
    assert (len(found.offenders), found.more) == (20, True)


def test_a_question_the_database_refuses_is_a_finding(world):
    execute("ALTER TABLE members_park RENAME COLUMN is_main TO other")
    found = broken()
    assert found["members.main_park"][0].startswith("检查没有做成：ProgrammingError")
    assert "members.one_membership" not in found


def test_nothing_is_written(world):
    before = Activity.objects.count(), Park.objects.count()
    broken(files=True)
    assert (Activity.objects.count(), Park.objects.count()) == before


def test_every_sentence_is_tested_here_or_said_to_be_elsewhere():
    """Whoever adds an invariant adds what breaks it: above, or in a test of their own named here."""
    above = set().union(*SQL.values()) | {
        "rights", "history", "members.one_membership", "members.own_records", "files_missing", "files_damaged",
        "files_orphaned", "exports_kept", "jobs_flow", "deliveries_flow",
    }  # fmt: skip
    elsewhere = {
        "members.applications_joined", "members.applications_billed",  # test_application_deadlines
        "members.refunds_within_payments",  # test_ledger_property
        "members.erased_people", "members.erased_by_two",  # test_erasures
        "events.states_in_order", "events.numbers_in_their_scope",  # tests/events/test_figures
        "events.seats_within_capacity", "events.registrations_fit_their_event",  # tests/events/test_registrations
        "events.stages_in_order", "events.decided_with_reviews", "events.stage_undone_in_place",  # tests/events/test_funnel
        "events.deals_in_order",  # tests/events/test_funnel
        "events.visits_of_operators", "events.visits_within_their_event",  # tests/events/test_visits
        "events.covers_of_their_event",  # tests/events/test_covers
        "events.attendance_of_its_event", "events.attendance_within_window", "events.attendance_once_a_person",
        "events.attendance_published", "events.online_rows_settled",  # tests/events/test_attendance
    }  # fmt: skip
    assert {i.key for i in integrity.invariants()} == above | elsewhere
