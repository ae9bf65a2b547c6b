"""What was done, in one sentence, with the changed fields behind it - and nobody can rewrite it."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from association import grants
from association.domain.activities import record, record_many, verb
from association.history import changes_of
from association.models import Activity, ActivitySubject, Job
from members.domain import organizations
from members.models import Organization
from tests.application_role import as_application
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


@verb
def rename(unit, name, *, by):
    Organization.objects.filter(pk=unit.pk).update(name=name)
    return record("test.renamed", unit, by=by, sentence=f"改名为{name}", basis="测试决议")


def test_a_record_outside_a_verb_is_refused(park_unit, secretary):
    before = Activity.objects.count()
    with pytest.raises(RuntimeError, match="@verb"):
        record("test.renamed", park_unit, by=secretary, sentence="改名")
    assert Activity.objects.count() == before


def test_the_sentence_names_who_what_when_and_why(park_unit, secretary):
    activity = rename(park_unit, "新名", by=secretary)
    activity.refresh_from_db()
    assert (activity.kind, activity.sentence, activity.basis) == ("test.renamed", "改名为新名", "测试决议")
    assert activity.by == secretary
    assert [subject.subject for subject in activity.subjects.all()] == [park_unit]


def test_one_verb_has_one_context_and_the_next_one_another(park_unit, secretary):
    first = rename(park_unit, "新名一", by=secretary)
    second = rename(park_unit, "新名二", by=secretary)
    assert first.context_id != second.context_id
    assert [(c.field, c.old, c.new) for c in changes_of(first.context_id)] == [
        ("name", "演示运营公司01", "新名一")
    ]
    assert [(c.field, c.old, c.new) for c in changes_of(second.context_id)] == [("name", "新名一", "新名二")]


def test_a_verb_inside_a_verb_shares_its_context(park_unit, secretary):
    @verb
    def rename_twice():
        return [rename(park_unit, "中间名", by=secretary), rename(park_unit, "最后名", by=secretary)]

    first, second = rename_twice()
    assert first.context_id == second.context_id


def test_a_verb_that_fails_leaves_nothing(park_unit, secretary):
    @verb
    def fail():
        rename(park_unit, "不该留下", by=secretary)
        raise ZeroDivisionError

    before = Activity.objects.count()
    with pytest.raises(ZeroDivisionError):
        fail()
    park_unit.refresh_from_db()
    assert (park_unit.name, Activity.objects.count()) == ("演示运营公司01", before)


def test_the_record_of_many_costs_two_statements(park_unit, other_unit, secretary, queries):
    @verb
    def tell():
        ContentType.objects.get_for_model(Organization)
        with queries() as captured:
            found = record_many(
                "test.told", [(park_unit, "甲"), (other_unit, "乙")], by=secretary, basis="测试"
            )
        return found, len(captured)

    activities, count = tell()
    assert [(a.sentence, a.subjects.get().subject) for a in activities] == [
        ("甲", park_unit),
        ("乙", other_unit),
    ]
    assert count == 2


def test_a_sentence_longer_than_the_column_is_cut_not_refused(park_unit, secretary):
    @verb
    def tell():
        return record("test.told", park_unit, by=secretary, sentence="长" * 900, basis="据" * 900)

    activity = tell()
    activity.refresh_from_db()
    assert (len(activity.sentence), len(activity.basis)) == (500, 500)


def test_about_gives_the_newest_first_and_only_those_of_the_subject(park_unit, other_unit, secretary):
    rename(other_unit, "别家", by=secretary)
    first, second = rename(park_unit, "一", by=secretary), rename(park_unit, "二", by=secretary)
    assert list(Activity.objects.about(park_unit)[:2]) == [second, first]


def test_the_sentence_stands_on_the_timeline_of_its_subject(park_unit, secretary, as_user):
    rename(park_unit, "新名", by=secretary)
    page = as_user(secretary).get(reverse("members:organization_timeline", args=[park_unit.pk]))
    assert "改名为新名" in page.content.decode()
    assert "测试决议" in page.content.decode()


def test_a_person_with_activities_cannot_be_deleted(park_unit, secretary):
    rename(park_unit, "新名", by=secretary)
    with pytest.raises(ProtectedError):
        secretary.delete()


# --- the changed fields behind a sentence -----------------------------------------------------------------


def changes_url(activity, subject):
    return reverse(
        "association:changes",
        args=[activity.pk, ContentType.objects.get_for_model(subject).pk, subject.pk],
    )


@pytest.fixture
def banked(park_unit, secretary):
    """An edit of the unit's name of the bank and of its address, by the secretary."""
    organizations.update_organization(
        park_unit,
        by=secretary,
        version=park_unit.version,
        changes={"bank_name": "演示银行朝阳支行", "registered_address": "新地址88号"},
    )
    return Activity.objects.about(park_unit).first()


def test_the_changed_fields_are_shown_old_and_new(banked, park_unit, secretary, as_user):
    page = as_user(secretary).get(changes_url(banked, park_unit), headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert "注册地址" in page.content.decode()
    assert "新地址88号" in page.content.decode()
    assert "<html" not in page.content.decode()


def test_bank_fields_are_shown_to_the_treasurer_only(
    banked, park_unit, secretary, treasurer, auditor, as_user
):
    shown = {
        person: "演示银行朝阳支行" in as_user(person).get(changes_url(banked, park_unit)).content.decode()
        for person in (secretary, treasurer, auditor)
    }
    assert shown == {secretary: False, treasurer: True, auditor: False}


def test_the_changes_of_another_unit_are_not_found(
    banked, park_unit, other_unit, other_member, member, as_user
):
    assert as_user(other_member).get(changes_url(banked, park_unit)).status_code == 404
    assert as_user(member).get(changes_url(banked, park_unit)).status_code == 200
    assert as_user(member).get(changes_url(banked, other_unit)).status_code == 404


def test_a_subject_without_a_timeline_shows_nothing(secretary, as_user):
    activity = Activity.objects.about(secretary).first()
    assert activity is not None
    assert as_user(secretary).get(changes_url(activity, secretary)).status_code == 404


def test_changes_of_a_bulk_verb_are_narrowed_to_one_record(park_unit, other_unit, secretary, as_user):
    organizations.tag_organizations(
        Organization.objects.filter(pk__in=[park_unit.pk, other_unit.pk]), by=secretary, name="重点"
    )
    activity = Activity.objects.about(park_unit).first()
    body = as_user(secretary).get(changes_url(activity, park_unit)).content.decode()
    assert body.count('<span class="diff">') == 1


# --- the past is out of the application's reach -----------------------------------------------------------


def allowed(cursor, statement):
    try:
        with transaction.atomic():
            cursor.execute(statement)
            transaction.set_rollback(True)
    except ProgrammingError as error:
        if "permission denied" not in str(error):
            raise
        return False
    return True


def writes(table, column):
    return {
        "insert": f"INSERT INTO {table} SELECT * FROM {table} LIMIT 0",
        "update": f"UPDATE {table} SET {column} = {column}",
        "delete": f"DELETE FROM {table}",
    }


def test_the_application_may_add_activities_but_never_change_them(park_unit):
    may = {}
    with as_application() as cursor:
        for model, column in ((Activity, "sentence"), (ActivitySubject, "object_id")):
            for what, statement in writes(model._meta.db_table, column).items():
                may[model.__name__, what] = allowed(cursor, statement)
    assert may == {
        (name, what): what == "insert"
        for name in ("Activity", "ActivitySubject")
        for what in ("insert", "update", "delete")
    }


def test_the_application_may_neither_write_nor_forge_history(park_unit):
    tables = grants.history_tables()
    assert len(tables) >= 13
    with as_application() as cursor:
        may = {
            (table, what): allowed(cursor, statement)
            for table in tables
            for what, statement in writes(
                table, "id" if table == "pghistory_context" else "pgh_label"
            ).items()
        }
    assert {key for key, yes in may.items() if yes} == set()


def test_the_application_may_read_history_and_write_everything_else(park_unit):
    with as_application() as cursor:
        may = [allowed(cursor, f"SELECT * FROM {table} LIMIT 1") for table in grants.history_tables()]
        may += [allowed(cursor, s) for s in writes(Job._meta.db_table, "name").values()]
        may += [
            allowed(cursor, s)
            for s in writes(Organization._meta.db_table, "name").values()
            if "DELETE" not in s
        ]
    assert set(may) == {True}


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE own (id int)",
        "TRUNCATE association_activity CASCADE",
        "DROP TABLE association_activity",
        "ALTER TABLE members_organization DISABLE TRIGGER ALL",
        "DELETE FROM django_migrations",
    ],
)
def test_the_application_may_not_change_the_schema(db, statement):
    with (
        as_application() as cursor,
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
    ):
        cursor.execute(statement)


def test_what_the_application_writes_leaves_history_all_the_same(secretary):
    """The triggers run with the owner's rights: history is written although the role itself may not write it."""
    with as_application():
        unit = make_organization("经由应用角色", by=secretary)
    activity = Activity.objects.about(unit).filter(kind="members.organization.created").get()
    found = {(c.field, c.new) for c in changes_of(activity.context_id) if c.record == "单位"}
    assert ("name", "经由应用角色") in found
