"""The demonstration: the numbers that were published, and nothing bad or untrue about real parks."""

import io
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils.timezone import localdate

from association.choices import Role, RowResult
from association.demo import DEMO_ACCOUNTS, PASSWORD
from association.desk import desk
from association.integrity import invariants, verify
from association.models import Activity, ActivitySubject, RoleAssignment, User
from members import models
from members.choices import BillStatus, Category, Grade, NameKind
from members.columns import ROSTER
from members.demo import drafts, enlarging
from members.domain import organizations
from members.forms.filters import gaps
from members.models import AlternativeName, Membership, Organization, Park, ParkYear, Post, Recognition
from members.queries import grades, names
from tests.application_role import become_application
from tests.members.test_exports_again import taken_in
from tests.members.test_exports_form import post

# The roster is loaded once for all tests of this file, so they share a worker.
pytestmark = pytest.mark.xdist_group("demo")
FOUNDED, YEAR_END, ASSEMBLY = date(2022, 1, 26), date(2022, 12, 31), date(2023, 1, 10)
QUICK = {"DEMO": True, "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}


def load(**options):
    said = io.StringIO()
    with override_settings(**QUICK):
        call_command("demo", stderr=said, **options)
    return said.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The whole demonstration, loaded with the rights of the application's role; gone after this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        become_application()
        said = load()
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            role = cursor.fetchone()[0]
            cursor.execute("RESET ROLE")
        yield {"role": role, "said": said}
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db):
    return loaded


def members_on(day):
    return Organization.objects.members_on(day)


def account(role):
    return User.objects.get(email=next(email for r, _, email in DEMO_ACCOUNTS if r == role))


# --- the roster ---------------------------------------------------------------------------------------------
def test_members_on_the_days_that_matter(demo):
    days = (date(2022, 1, 25), FOUNDED, YEAR_END, ASSEMBLY)
    assert [members_on(day).count() for day in days] == [0, 86, 105, 105]


def test_joins_and_leaves_of_2022(demo):
    joined = Membership.objects.filter(joined_on__year=2022).exclude(joined_on=FOUNDED)
    assert dict(Counter(joined.values_list("organization__category", flat=True))) == {
        Category.STATE_ASSET_HOLDER: 5,
        Category.INVESTOR: 5,
        Category.TECHNOLOGY: 6,
        Category.PARK_OPERATOR: 5,
    }
    left = Membership.objects.filter(left_on__year=2022).select_related("organization")
    assert sorted((m.organization.name, m.leave_reason, m.leave_basis) for m in left) == [
        ("演示运营公司32", "withdrawal", "退会申请书（演示）"),
        ("演示运营公司69", "dissolved", "注销登记通知书（演示）"),
    ]


def test_founding_members_are_one_batch(demo):
    assert Membership.objects.filter(batch="首批").count() == 86
    assert set(Membership.objects.filter(batch="首批").values_list("joined_on", flat=True)) == {FOUNDED}


def test_figures_are_those_published(demo):
    published = json.loads((Path(settings.BASE_DIR) / "tests/data/figures-2022.json").read_text("utf-8"))
    expected = {row["key"]: row["demo"] for row in published["figures"] if row["app"] == "members"}
    counted = {key: desk.figures[key].value(2022) for key in expected}
    assert counted == expected == {
        "members.founding": 86, "members.founding_municipal_2020": 84, "members.at_year_end": 105,
    }  # fmt: skip


def test_32_members_were_visited_in_36_visits_at_12_sessions(demo):
    from events.models import Visit  # noqa: PLC0415  (an app to the right of the one that this file is about)

    made = Visit.objects.counted(2022)
    assert desk.figures["events.visited_members"].value(2022) == 32
    assert (made.count(), Visit.objects.count(), made.values("event").distinct().count()) == (36, 36, 12)


def test_posts_at_the_founding(demo):
    held = Counter(Post.objects.on(FOUNDED).values_list("grade", flat=True))
    assert held == {
        Grade.PRESIDENT: 1, Grade.VICE_PRESIDENT: 4, Grade.SUPERVISOR: 3, Grade.STANDING_COUNCIL: 8, Grade.COUNCIL: 16,
    }  # fmt: skip


def test_grade_depends_on_the_day(demo):
    unit = Organization.objects.get(name="演示运营公司09")
    at = {day: grades([unit.pk], day, ["grade"])[unit.pk][0] for day in (FOUNDED, YEAR_END, ASSEMBLY)}
    assert at == {
        FOUNDED: Grade.STANDING_COUNCIL,
        YEAR_END: Grade.STANDING_COUNCIL,
        ASSEMBLY: Grade.VICE_PRESIDENT,
    }


def test_a_leaving_unit_loses_its_post_and_keeps_its_number(demo):
    unit = Organization.objects.get(name="演示运营公司32")
    assert list(unit.posts.values_list("until", flat=True)) == [date(2022, 11, 30)]
    assert list(unit.memberships.values_list("joined_on", "left_on")) == [
        (FOUNDED, date(2022, 11, 30)), (date(2024, 3, 1), None),
    ]  # fmt: skip
    assert unit.member_number.startswith("BCIPA-2022-")


def test_numbers_run_in_the_order_of_joining(demo):
    rows = Membership.objects.filter(joined_on__year=2022).order_by("organization__member_number")
    days = list(rows.values_list("joined_on", flat=True))
    assert days == sorted(days)
    assert rows.first().organization.member_number == "BCIPA-2022-0001"
    assert rows.last().organization.member_number == "BCIPA-2022-0107"


def test_a_renamed_unit_bears_its_old_name_on_earlier_days(demo):
    unit = Organization.objects.get(name="演示运营公司30")
    assert [names([unit.pk], day, ["name"])[unit.pk][0] for day in (FOUNDED, YEAR_END)] == [
        "演示园区建设中心30", "演示运营公司30",
    ]  # fmt: skip


def test_a_replaced_representative_is_the_former_one_on_earlier_days(demo):
    roles = Organization.objects.get(name="演示运营公司06").contact_roles.filter(duty="representative")
    assert sorted(roles.values_list("since", "until")) == [
        (FOUNDED, date(2022, 9, 1)),
        (date(2022, 9, 1), None),
    ]


def test_eight_profiles_lack_something_and_they_are_invented(demo):
    # Applicants of the demonstration came in by their own forms.
    planned = members_on(localdate()).filter(applications__isnull=True)
    lacking = planned.filter(gaps()).values_list("name", flat=True)
    assert sorted(lacking) == [f"演示运营公司{n}" for n in (41, 43, 45, 47, 49, 51, 53, 55)]


def test_one_operator_runs_its_three_sister_parks(demo):
    unit = AlternativeName.objects.get(kind=NameKind.SHORT, name="首创郎园").organization
    assert list(unit.parks.values_list("name", "is_main")) == [
        ("郎园Vintage文化创意产业园", True), ("郎园Station", False), ("郎园Park", False),
    ]  # fmt: skip
    assert Park.objects.filter(is_featured=True).count() == 3


def test_one_unit_that_never_joined_stands_there_twice(demo):
    pair = models.DuplicatePair.objects.get()
    units = [pair.first, pair.second]
    assert sorted(unit.name for unit in units) == ["演示运营公司73", "演示运营公司73（北京）"]
    assert [unit.membership_count for unit in units] == [0, 0]


def test_everything_is_marked_as_demonstration(demo):
    assert not Organization.objects.filter(is_demo=False).exists()
    assert not Park.objects.filter(is_demo=False).exists()
    assert not models.Contact.objects.filter(is_demo=False).exists()


def test_every_park_has_three_years(demo):
    assert set(ParkYear.objects.values_list("year", flat=True)) == {2020, 2021, 2022}
    planned = Park.objects.filter(organization__applications__isnull=True)
    assert ParkYear.objects.count() == 3 * planned.count()


# --- accounts -----------------------------------------------------------------------------------------------
def test_there_is_an_account_for_each_duty(demo, client):
    held = {(a.role, a.user.email, a.since) for a in RoleAssignment.objects.current().select_related("user")}
    assert held == {(role, email, FOUNDED) for role, _, email in DEMO_ACCOUNTS}
    assert {role for role, _, _ in held} == set(Role)
    assert account(Role.TREASURER).check_password(PASSWORD)


def test_one_duty_waits_for_the_second_administrator(demo):
    waiting = RoleAssignment.objects.waiting().get()
    assert (waiting.user.email, waiting.role, waiting.granted_by.email) == (
        "newcomer@example.cn",
        "treasurer",
        "administrator@example.cn",
    )


def test_the_member_account_is_the_liaison_of_its_unit_and_sees_only_that(demo):
    user = User.objects.get(email="member@example.cn")
    seen = Organization.objects.visible_to(user).get()
    assert list(seen.parks.values_list("name", flat=True)) == ["莱锦文化创意产业园"]
    assert sorted(role.duty for role in user.contact.roles.all()) == ["liaison", "manager"]
    assert user.check_password(PASSWORD)


# --- the timeline -------------------------------------------------------------------------------------------
def test_a_units_timeline_reads_as_sentences(demo):
    unit = Organization.objects.get(name="演示运营公司32")
    # Of the roster; what it owes and what was issued to it is told beside it.
    own = Activity.objects.about(unit).filter(
        kind__regex=r"^members.(organization|park|contact|membership|post|park_year|recognition)\."
    )
    sentences = list(own.order_by("pk").values_list("sentence", flat=True))
    assert sentences[:2] == ["新建单位“演示运营公司32”", "新增园区“演示园区32”"]
    assert sentences[-4:] == [
        "演示运营公司32入会",
        "自 2022-01-26 起为理事单位",
        "演示运营公司32退会（自愿退会）",
        "演示运营公司32入会",
    ]
    assert {a.by for a in own} == {account(Role.SECRETARIAT)}


# --- loading ------------------------------------------------------------------------------------------------
COUNTED = [
    Activity, ActivitySubject, User, RoleAssignment, *(getattr(models, name) for name in models.__all__),
    *(m for m in apps.get_models() if getattr(m, "pgh_tracked_model", None) is not None),
]  # fmt: skip


# Those planned, and the three applicants whom the council has admitted.
UNITS = 117


def stored():
    return {model._meta.label: model._base_manager.count() for model in COUNTED}


def test_loading_needs_no_more_than_the_rights_of_the_application(demo):
    assert demo["role"] == settings.APP_DATABASE_ROLE


def test_a_second_run_changes_nothing(demo):
    before = stored()
    assert before["members.Organization"] == UNITS
    load()
    assert stored() == before


def test_a_second_run_is_quick(demo, queries):
    with queries() as captured:
        load()
    assert len(captured) < 20


def test_a_renamed_unit_does_not_come_back(demo):
    unit = Organization.objects.get(name="演示运营公司21")
    organizations.update_organization(unit, by=None, version=unit.version, changes={"name": "改过的名字"})
    load()
    assert Organization.objects.count() == UNITS


# --- the enlarged demonstration -----------------------------------------------------------------------------
def test_enlarging_adds_what_is_missing_and_no_more(demo, monkeypatch):
    monkeypatch.setattr(enlarging, "CHUNK", 40)
    said = load(scale=1)
    assert said.splitlines() == ["扩充演示单位 40 / 100", "扩充演示单位 80 / 100", "扩充演示单位 100 / 100"]
    assert Organization.objects.filter(name__startswith=drafts.NAME).count() == 100
    before = stored()
    assert load(scale=1) == ""
    assert stored() == before


def test_enlarging_leaves_the_figures_of_2022_alone(demo):
    load(scale=1)
    assert [desk.figures[key].value(2022) for key in desk.figures if key.startswith("members.")] == [
        86,
        84,
        105,
        107,
        2,
    ]


def test_enlarged_units_are_complete_and_found(demo, queries):
    load(scale=1)
    unit = Organization.objects.get(name__contains="壁画")
    assert list(Organization.objects.matching("壁画")) == [unit]
    assert unit.search_text.splitlines()[-2:] == [unit.credit_code.lower(), unit.member_number.lower()]
    assert unit.contact_roles.count() == 2
    assert (
        Recognition.objects.filter(
            title__endswith="（演示）", park__name__startswith=drafts.PARK_NAME
        ).count()
        > 70
    )


# --- finding it ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("lj", "莱锦文化创意产业园"),
        ("莱锦", "莱锦文化创意产业园"),
        ("laijin", "莱锦文化创意产业园"),
        ("scly", "首创郎园"),
        ("首创", "首创郎园"),
        ("751", "751D·PARK北京时尚设计广场"),
        ("e9", "E9区创新工场"),
        ("Ｅ９", "E9区创新工场"),
        ("798", "798艺术区"),
        ("station", "郎园Station"),
        ("演示运营公司07", "演示运营公司07"),
    ],
)
def test_search_puts_the_best_find_first(demo, text, title):
    hits = desk.hits_for(account(Role.SECRETARIAT), text)
    assert (hits[0].title, hits[0].kind) == (title, "会员")


def test_figure_pages_list_as_many_rows_as_they_count(demo, as_user):
    client = as_user(account(Role.AUDITOR))
    for key, value in {
        "members.founding": 86,
        "members.founding_municipal_2020": 84,
        "members.at_year_end": 105,
    }.items():
        pages = [client.get(f"/figures/2022/{key}/?page={n}").context for n in range(1, value // 20 + 2)]
        listed = [row["cells"][0] for page in pages for row in page["rows"]]
        assert (len(listed), len(set(listed)), pages[0]["page"].paginator.count) == (value, value, value)


@pytest.mark.parametrize("day", [FOUNDED, YEAR_END, localdate()])
def test_the_roster_taken_out_comes_in_again_without_a_difference(demo, as_user, day):
    secretary = account(Role.SECRETARIAT)
    keys = [*ROSTER.importable.by_key]
    file = post(as_user(secretary), keys, as_of=day.isoformat(), unmasked="on", reason="核对").content
    batch = taken_in(secretary, f"会员名册_{day:%Y%m%d}.xlsx", file)
    results = Counter(batch.rows.values_list("result", flat=True))
    assert results == {RowResult.SAME: members_on(day).count()}


# --- dues ---------------------------------------------------------------------------------------------------
def test_every_status_of_a_bill_occurs_on_invented_units_only(demo):
    bills = models.Bill.objects.with_status()
    assert {bill.status for bill in bills} == set(BillStatus.values)
    assert [bill for bill in bills if not bill.payer_name.startswith("演示")] == []
    # Files lie in the store of the test that loaded them.
    rows = [i.key for i in invariants() if "file" not in i.key and "attachment" not in i.key]
    assert [found.offenders for found in verify(only=rows) if found.offenders] == []
