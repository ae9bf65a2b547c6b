"""What an import writes, from upload to the records, and how it is taken back."""

from datetime import date
from decimal import Decimal

import pghistory.models
import pytest
import time_machine
from django.utils.timezone import localdate

from association import jobs
from association.choices import ImportState, RowResult
from association.domain import imports
from association.errors import Refused
from association.models import Activity, ImportBatch
from members.choices import Purpose
from members.domain import contact_views, contacts, organizations, parks
from members.exchange.plan import PLAN
from members.models import (
    AlternativeName,
    Consent,
    Contact,
    ContactRole,
    ContactView,
    Membership,
    Organization,
    Park,
    ParkYear,
    Post,
    Recognition,
)
from tests.application_role import as_application
from tests.factories import make_organization, next_mobile
from tests.factories.sheets import PARK, csv_upload, new_unit
from tests.factories.tables import contents

pytestmark = pytest.mark.django_db


def uploaded(by, *rows) -> ImportBatch:
    batch = imports.upload(PLAN, csv_upload(*rows), by=by)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    return batch


def imported(by, *rows, only_right=False) -> ImportBatch:
    batch = uploaded(by, *rows)
    imports.confirm(batch, by=by, round=batch.round, only_right=only_right)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    return batch


def taken_back(batch, by) -> ImportBatch:
    imports.undo(batch, by=by, basis="传错了文件")
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    return batch


# --- new units ------------------------------------------------------------------------------------------------


def test_new_unit_comes_in_whole(secretary, park_unit):
    batch = imported(
        secretary,
        new_unit(
            "演示双桥公司", 会员级别="理事单位", 批次="二批", 职务="总经理", 邮箱="A@example.cn", **PARK
        ),
    )
    assert (batch.state, batch.new_count, batch.sentence) == (ImportState.DONE, 1, "")
    unit = Organization.objects.get(name="演示双桥公司")
    assert (unit.category, unit.district, unit.member_number) == (
        "park_operator",
        "110108",
        "BCIPA-2022-0002",
    )
    assert unit.pinyin_initials == "yssqgs"
    assert Organization.objects.matching("演示园区").get() == unit
    membership = unit.memberships.get()
    assert (membership.joined_on, membership.batch, membership.basis) == (
        date(2022, 9, 30),
        "二批",
        "名册导入",
    )
    post = unit.posts.get()
    assert (post.grade, post.since, post.basis, post.contact.name) == (
        50,
        date(2022, 9, 30),
        "名册导入",
        "李代表",
    )
    park = unit.parks.get()
    assert (park.is_main, park.name, park.floor_area, park.industries) == (
        True,
        "演示园区",
        Decimal(30000),
        ["02", "03"],
    )
    assert list(park.years.values_list("year", "tenants", "rented_area")) == [(2022, 120, Decimal(23000))]
    assert list(park.recognitions.values_list("level", "year")) == [("municipal", 2020)]
    roles = unit.contact_roles.order_by("duty").values_list(
        "duty", "contact__name", "title", "since", "is_primary"
    )
    assert list(roles) == [
        ("liaison", "赵联络", "", date(2022, 9, 30), True),
        ("representative", "李代表", "总经理", date(2022, 9, 30), True),
    ]
    assert Contact.objects.get(roles__organization=unit, name="赵联络").email == "a@example.cn"
    assert batch.rows.get().target == unit.pk


def test_numbers_follow_the_rows_and_years(secretary, park_unit):
    imported(
        secretary,
        new_unit("演示甲公司", 入会日期="2023-01-10"),
        new_unit("演示乙公司", 会员编号="BCIPA-2022-0003"),
        new_unit("演示丙公司"),
        new_unit("演示丁公司"),
        new_unit("演示戊公司", 入会日期="2023-02-01"),
    )
    assert list(Organization.objects.order_by("pk").values_list("name", "member_number"))[1:] == [
        ("演示甲公司", "BCIPA-2023-0001"),
        ("演示乙公司", "BCIPA-2022-0003"),
        ("演示丙公司", "BCIPA-2022-0002"),
        ("演示丁公司", "BCIPA-2022-0004"),
        ("演示戊公司", "BCIPA-2023-0002"),
    ]


def test_one_person_with_both_duties_is_one_person(secretary):
    imported(
        secretary,
        new_unit(
            "演示一人公司", 会员代表="孙一人", 手机号="19900010009", 联络员="孙一人", 联络员手机="19900010009"
        ),
    )
    unit = Organization.objects.get()
    assert unit.contact_roles.values("contact").distinct().count() == 1


def test_new_unit_with_two_parks(secretary):
    first = new_unit("演示双园公司", **PARK)
    imported(secretary, first, first | {"园区名称": "演示二园", "所属区": "东城区"})
    unit = Organization.objects.get()
    assert list(unit.parks.values_list("name", "is_main", "district")) == [
        ("演示园区", True, "110108"),
        ("演示二园", False, "110101"),
    ]
    assert unit.district == "110108"


def test_unit_in_the_books_joins_and_gets_a_number(secretary):
    unit = make_organization("演示观望公司", joined=None)
    imported(secretary, {"单位名称": "演示观望公司", "入会日期": "2022-09-30", "会员级别": "会员单位"})
    unit.refresh_from_db()
    assert unit.member_number == "BCIPA-2022-0001"
    assert Organization.objects.matching("bcipa-2022-0001").get() == unit
    assert Membership.objects.filter(organization=unit).count() == 1
    assert not Post.objects.exists()


# --- changes --------------------------------------------------------------------------------------------------


def test_changes_are_written(secretary, park_unit):
    park = park_unit.parks.get()
    parks.report_year(park, by=None, year=2022, tenants=100, culture_tenants=70)
    parks.add_recognition(park, by=None, level="municipal", year=2020)
    park_unit.refresh_from_db()
    version, park_version = park_unit.version, Park.objects.get().version
    imported(
        secretary,
        {
            "单位名称": park_unit.name,
            "法定代表人": "新法人",
            "注册资本(万元)": "1,000.5",
            "园区名称": "莱锦产业园",
            "主导产业": "创意设计服务、内容创作生产",
            "统计年度": "2022",
            "入驻企业数": "120",
            "认定级别": "北京市级文化产业示范园区",
            "认定年度": "2022",
            "批次": "首批",
        },
    )
    park_unit.refresh_from_db()
    assert (park_unit.legal_representative, park_unit.registered_capital) == ("新法人", Decimal("1000.5"))
    assert park_unit.version == version + 1
    park = Park.objects.get()
    assert (park.name, park.industries, park.version) == ("莱锦产业园", ["03", "02"], park_version + 1)
    assert AlternativeName.objects.get(park=park).name == "莱锦文化创意产业园"
    assert ParkYear.objects.get().tenants == 120
    assert list(Recognition.objects.order_by("year").values_list("level", "year")) == [
        ("municipal", 2020),
        ("model", 2022),
    ]
    assert Membership.objects.get().batch == "首批"
    assert Organization.objects.matching("莱锦产业园").get() == park_unit
    assert Organization.objects.matching("ljwhcycyy").get() == park_unit


@time_machine.travel("2023-01-10 10:00+08:00")
def test_new_name_keeps_the_old_one(secretary, park_unit):
    imported(secretary, {"单位名称": "演示文化集团", "统一社会信用代码": park_unit.credit_code})
    former = AlternativeName.objects.get()
    assert (former.name, former.kind, former.used_until) == ("演示运营公司01", "former", date(2023, 1, 10))
    assert Organization.objects.matching("演示运营公司01").get().name == "演示文化集团"


def test_renaming_back_after_a_second_change_reuses_the_former_name(secretary, park_unit):
    imported(secretary, {"单位名称": "演示甲名", "统一社会信用代码": park_unit.credit_code})
    imported(secretary, {"单位名称": "演示乙名", "统一社会信用代码": park_unit.credit_code})
    assert set(AlternativeName.objects.values_list("name", flat=True)) == {"演示运营公司01", "演示甲名"}


def test_another_representative_takes_over_today(secretary, park_unit):
    mobile = next_mobile()
    imported(secretary, {"单位名称": park_unit.name, "会员代表": "周新任", "手机号": mobile})
    old, new = ContactRole.objects.filter(duty="representative").order_by("pk")
    assert (old.until, old.contact.name) == (localdate(), "李代表")
    assert (new.since, new.until, new.contact.name, new.contact.mobile) == (
        localdate(),
        None,
        "周新任",
        mobile,
    )
    assert new.contact.pinyin_initials == "zxr"


def test_corrected_number_is_found_by_it(secretary, park_unit):
    mobile = next_mobile()
    imported(secretary, {"单位名称": park_unit.name, "联络员手机": mobile})
    liaison = Contact.objects.get(name="赵联络")
    assert (liaison.mobile, liaison.version, mobile in liaison.search_text) == (mobile, 2, True)


def test_formula_stays_text(secretary, park_unit):
    imported(
        secretary,
        {"单位名称": park_unit.name, "详细地址": '=HYPERLINK("http://x","y")', "法定代表人": "@SUM"},
    )
    park_unit.refresh_from_db()
    assert Park.objects.get().address == '=HYPERLINK("http://x","y")'
    assert park_unit.legal_representative == "@SUM"


# --- record ---------------------------------------------------------------------------------------------------


def test_leaves_one_activity_for_each_unit_and_one_for_the_batch(secretary, park_unit, other_unit):
    before = Activity.objects.count()
    batch = imported(
        secretary,
        new_unit("演示双桥公司"),
        {**dict.fromkeys(new_unit()), "单位名称": park_unit.name, "法定代表人": "甲"},
        {**dict.fromkeys(new_unit()), "单位名称": other_unit.name, "法定代表人": "王法人"},
    )
    made = Activity.objects.order_by("pk")[before + 1 :]
    assert [(a.kind, a.sentence, a.by) for a in made] == [
        ("members.organization.imported", "导入名册，新建单位“演示双桥公司”，2022-09-30 入会", secretary),
        ("members.organization.imported", "导入名册，修改法定代表人", secretary),
        ("association.import.applied", "导入会员名册：新增 1 行，更新 1 行", secretary),
    ]
    assert made[1].subjects.get().object_id == park_unit.pk
    assert batch.last_activity == made[2].pk


def test_history_belongs_to_the_import(secretary, park_unit):
    imported(secretary, new_unit("演示双桥公司", **PARK))
    activity = Activity.objects.get(kind="association.import.applied")
    events = pghistory.models.Events.objects.filter(pgh_context_id=activity.context_id)
    kinds = sorted({(e.pgh_obj_model.split(".")[1], e.pgh_label) for e in events})
    assert kinds == [
        (model, "insert")
        for model in (
            "Contact",
            "ContactRole",
            "Membership",
            "Organization",
            "Park",
            "ParkYear",
            "Recognition",
        )
    ]


# --- confirm --------------------------------------------------------------------------------------------------


def test_wrong_rows_stop_all_unless_said_otherwise(secretary, park_unit):
    batch = uploaded(secretary, new_unit("演示双桥公司"), new_unit("演示错误公司", 会员类别="饭馆"))
    assert (batch.new_count, batch.error_count) == (1, 1)
    with pytest.raises(Refused, match="还有 1 行有错误"):
        imports.confirm(batch, by=secretary, round=1)
    imports.confirm(batch, by=secretary, round=1, only_right=True)
    jobs.run_queued_jobs()
    assert set(Organization.objects.values_list("name", flat=True)) == {park_unit.name, "演示双桥公司"}
    assert Activity.objects.latest("pk").sentence == "导入会员名册：新增 1 行，更新 0 行，跳过 1 行错误"


def test_confirming_again_changes_nothing(secretary):
    batch = imported(secretary, new_unit("演示双桥公司"))
    before = contents()
    imports.confirm(batch, by=secretary, round=1)
    imports.apply(batch.pk)
    jobs.run_queued_jobs()
    assert contents() == before


def test_page_of_an_older_check_cannot_confirm(secretary, park_unit):
    batch = uploaded(secretary, {"单位名称": park_unit.name, "法定代表人": "甲"})
    imports.recheck(batch, by=secretary)
    with pytest.raises(Refused, match="核对中"):
        imports.confirm(batch, by=secretary, round=1)
    jobs.run_queued_jobs()
    with pytest.raises(Refused, match="刚刚重新核对过"):
        imports.confirm(batch, by=secretary, round=1)


def test_nothing_to_import(secretary, park_unit):
    batch = uploaded(secretary, {"单位名称": park_unit.name, "法定代表人": "王法人"})
    with pytest.raises(Refused, match="没有需要导入的内容"):
        imports.confirm(batch, by=secretary, round=1)


def test_changed_since_the_check(secretary, park_unit, other_unit):
    batch = uploaded(
        secretary,
        {"单位名称": park_unit.name, "法定代表人": "甲"},
        {"单位名称": other_unit.name, "法定代表人": "乙"},
    )
    parks.report_year(park_unit.parks.get(), by=None, year=2022, tenants=5)
    before = contents()
    imports.confirm(batch, by=secretary, round=1)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    assert batch.state == ImportState.STALE
    assert batch.sentence == "“演示运营公司01”的数据在核对之后已变化，没有导入任何内容。请重新核对。"
    assert contents() == before
    imports.recheck(batch, by=secretary)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    imports.confirm(batch, by=secretary, round=2)
    jobs.run_queued_jobs()
    park_unit.refresh_from_db()
    assert park_unit.legal_representative == "甲"


def test_new_unit_entered_by_hand_meanwhile(secretary):
    row = new_unit("演示双桥公司")
    batch = uploaded(secretary, row)
    make_organization("演示别名公司", credit_code=row["统一社会信用代码"])
    imports.confirm(batch, by=secretary, round=1)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.sentence) == (
        ImportState.STALE,
        "“演示双桥公司”已被别人登记，没有导入任何内容。请重新核对。",
    )


def test_columns_that_the_person_may_not_see_are_not_confirmed_by_them(secretary, administrator, park_unit):
    from association.domain.accounts import grant_role  # noqa: PLC0415  (only here)

    grant_role(secretary, "treasurer", by=None, since=date(2022, 1, 26))
    batch = uploaded(secretary, {"单位名称": park_unit.name, "开户行": "演示银行"})
    with pytest.raises(Refused, match="含有你无权查看的列，请由上传人陈思远确认"):
        imports.confirm(batch, by=administrator, round=1)
    imports.confirm(batch, by=secretary, round=1)


# --- undo -----------------------------------------------------------------------------------------------------


def test_undo_leaves_the_books_as_they_were(secretary, park_unit, other_unit):
    observer = make_organization("演示观望公司", joined=None)
    parks.report_year(park_unit.parks.get(), by=None, year=2022, tenants=100, culture_tenants=70)
    before = contents(without=("version", "updated_at"))
    blank = dict.fromkeys([*new_unit(), *PARK])
    batch = imported(
        secretary,
        new_unit("演示双桥公司", 会员级别="理事单位", **PARK),
        {
            **blank,
            "单位名称": "演示改名公司",
            "统一社会信用代码": park_unit.credit_code,
            "法定代表人": "甲",
            "会员代表": "周新任",
            "手机号": next_mobile(),
            "园区名称": "莱锦产业园",
            "统计年度": 2022,
            "入驻企业数": 120,
            "认定级别": "北京市级文化产业园区",
            "认定年度": 2020,
        },
        {**blank, "单位名称": other_unit.name, "联络员手机": next_mobile(), "法定代表人": "王法人"},
        {
            **blank,
            "单位名称": observer.name,
            "入会日期": "2022-09-30",
            "会员级别": "理事单位",
            "法定代表人": "王法人",
        },
    )
    assert (batch.state, batch.new_count, batch.update_count) == (ImportState.DONE, 1, 3)
    assert contents(without=("version", "updated_at")) != before
    taken_back(batch, secretary)
    assert (batch.state, batch.undo_basis, batch.effects) == (ImportState.UNDONE, "传错了文件", {})
    assert contents(without=("version", "updated_at")) == before
    assert Activity.objects.latest("pk").sentence == "撤销导入会员名册“名册.csv”"
    assert Activity.objects.latest("pk").basis == "传错了文件"


def test_undo_counts_versions_up(secretary, park_unit):
    """Whoever opened the form after the import must not save over what the undo put back."""
    batch = imported(secretary, {"单位名称": park_unit.name, "法定代表人": "甲"})
    park_unit.refresh_from_db()
    version = park_unit.version
    taken_back(batch, secretary)
    park_unit.refresh_from_db()
    assert (park_unit.legal_representative, park_unit.version) == ("王法人", version + 1)


def test_undo_is_refused_when_somebody_touched_a_unit(secretary, park_unit, other_unit):
    batch = imported(
        secretary,
        {"单位名称": park_unit.name, "法定代表人": "甲"},
        {"单位名称": other_unit.name, "法定代表人": "乙"},
    )
    other_unit.refresh_from_db()
    organizations.update_organization(
        other_unit, by=secretary, version=other_unit.version, changes={"phone": "010-65123456"}
    )
    before = contents()
    taken_back(batch, secretary)
    assert batch.state == ImportState.DONE
    assert batch.sentence == (
        "“演示运营公司02”在导入之后又有改动，没有撤销任何内容。请到这些单位的页面逐项改回。"
    )
    assert contents() == before


def test_undo_is_refused_when_a_new_unit_got_something(secretary):
    batch = imported(secretary, new_unit("演示双桥公司"))
    unit = Organization.objects.get()
    organizations.tag_organizations(Organization.objects.filter(pk=unit.pk), by=secretary, name="重点")
    assert taken_back(batch, secretary).state == ImportState.DONE
    assert Organization.objects.filter(pk=unit.pk).exists()


def test_that_somebody_looked_at_a_new_person_does_not_stand_in_the_way(secretary, administrator):
    """The log of looks goes with the person, by Postgres itself: web and worker may not remove a row of it."""
    batch = imported(secretary, new_unit("演示双桥公司"))
    contact_views.record_views(administrator, Contact.objects.all(), "单位页")
    assert ContactView.objects.exists()
    with as_application():
        taken_back(batch, secretary)
    assert batch.state == ImportState.UNDONE
    assert not Organization.objects.exists()
    assert not ContactView.objects.exists()


def test_undo_is_refused_when_a_new_person_gave_a_consent(secretary, member):
    """Whatever hangs on new records and must be kept is named, and nothing is taken back."""
    batch = imported(secretary, new_unit("演示双桥公司"))
    Consent.objects.create(contact=Contact.objects.exclude(user=member).last(), purpose=Purpose.SHARE_CONTACT)
    before = contents()
    assert taken_back(batch, secretary).state == ImportState.DONE
    assert batch.sentence == (
        "导入的内容之后又有了“同意记录”，没有撤销任何内容。请到有关单位的页面逐项改回。"
    )
    assert contents() == before


def test_undo_is_refused_when_a_person_changed(secretary, park_unit):
    batch = imported(secretary, {"单位名称": park_unit.name, "法定代表人": "甲"})
    liaison = Contact.objects.get(name="赵联络")
    contacts.update_contact(
        liaison, by=secretary, organization=park_unit, version=1, changes={"wechat": "zhao"}
    )
    assert taken_back(batch, secretary).sentence.startswith("“演示运营公司01”")


def test_imports_are_undone_last_first(secretary, park_unit):
    first = imported(secretary, {"单位名称": park_unit.name, "法定代表人": "甲"})
    second = imported(secretary, {"单位名称": park_unit.name, "法定代表人": "乙"})
    assert taken_back(first, secretary).state == ImportState.DONE
    assert taken_back(second, secretary).state == ImportState.UNDONE
    assert taken_back(first, secretary).state == ImportState.UNDONE
    park_unit.refresh_from_db()
    assert park_unit.legal_representative == "王法人"


def test_undo_twice_is_harmless(secretary, park_unit):
    batch = taken_back(imported(secretary, {"单位名称": park_unit.name, "法定代表人": "甲"}), secretary)
    before = contents()
    imports.undo(batch, by=secretary, basis="再来一次")
    imports.take_back(batch.pk)
    assert jobs.run_queued_jobs() == 0
    assert contents() == before


def test_undo_before_the_import(secretary, park_unit):
    batch = uploaded(secretary, {"单位名称": park_unit.name, "法定代表人": "甲"})
    with pytest.raises(Refused, match="没有可以撤销的导入"):
        imports.undo(batch, by=secretary, basis="")


def test_same_file_after_an_undo_comes_in_again(secretary):
    row = new_unit("演示双桥公司", **PARK)
    taken_back(imported(secretary, row), secretary)
    assert imported(secretary, row).state == ImportState.DONE
    assert Organization.objects.get().member_number == "BCIPA-2022-0001"


# --- discard and failure --------------------------------------------------------------------------------------


def test_discard_removes_file_and_rows(secretary, park_unit, django_capture_on_commit_callbacks):
    batch = uploaded(secretary, new_unit("演示错误公司", 会员类别="饭馆"))
    storage, names = batch.file.storage, [batch.file.name, batch.error_copy.name]
    assert all(storage.exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):
        imports.discard(batch, by=secretary)
    imports.discard(batch, by=secretary)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), batch.file.name) == (ImportState.DISCARDED, 0, "")
    assert not any(storage.exists(name) for name in names)


def test_imported_batch_cannot_be_discarded(secretary):
    batch = imported(secretary, new_unit("演示双桥公司"))
    with pytest.raises(Refused, match="已导入”，不能放弃"):
        imports.discard(batch, by=secretary)


def test_check_that_fails_three_times_can_be_repeated(secretary, park_unit, monkeypatch):
    batch = imports.upload(
        PLAN, csv_upload({"单位名称": park_unit.name, "法定代表人": "王法人"}), by=secretary
    )

    def broken(*args, **kwargs):
        raise RuntimeError("disk")

    with monkeypatch.context() as patch, time_machine.travel("2023-01-10 10:00+08:00") as clock:
        patch.setattr("association.exchange.reading.read", broken)
        for _ in range(3):
            jobs.run_queued_jobs()
            clock.shift(60)
    batch.refresh_from_db()
    assert (batch.state, batch.is_stuck) == (ImportState.CHECKING, True)
    imports.recheck(batch, by=secretary)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.rows.get().result) == (ImportState.READY, RowResult.SAME)


def test_old_files_are_removed(secretary, park_unit):
    batch = imported(secretary, {"单位名称": park_unit.name, "法定代表人": "甲"})
    storage, name = batch.file.storage, batch.file.name
    assert imports.remove_old_files(batch.created_at) == 0
    assert imports.remove_old_files(batch.applied_at) == 1
    assert not storage.exists(name)
    assert taken_back(batch, secretary).state == ImportState.UNDONE
