"""The export form: what is offered, what is refused, and the file that a small export answers with."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from association.choices import ExportState
from association.models import Activity, ColumnChoice, ExportJob
from members.columns import ROSTER
from members.domain import organizations
from members.forms.exports import CHOICE_KEY
from members.models import Contact, ContactRole
from tests.factories import make_organization

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
pytestmark = pytest.mark.django_db


def post(client, columns=("name", "member_number"), query="", **fields):
    data = {"columns": list(columns), "as_of": "2022-12-31", "format": "xlsx"} | fields
    return client.post(f"{reverse('members:export')}{query}", data)


def book(response):
    assert response.status_code == 200, response.content.decode()[:500]
    return openpyxl.load_workbook(BytesIO(response.content))


def table(response):
    """The data sheet as rows of values, the header first."""
    return [list(row) for row in book(response)["会员名册"].iter_rows(values_only=True)]


# --- the page ----------------------------------------------------------------------------------------------


def test_page_shows_what_would_go_out(secretary, as_user, park_unit, other_unit):
    page = as_user(secretary).get(reverse("members:export"), {"district": "110105", "as_of": "2022-12-31"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "<b>1 家单位</b>，截至 2022年12月31日；区：朝阳区。" in text
    assert 'value="2022-12-31"' in text


def test_columns_are_those_of_the_roster_until_the_person_chooses(secretary, as_user, park_unit):
    client = as_user(secretary)
    first = client.get(reverse("members:export"), {"columns": "name,district"}).context["form"]
    assert first["columns"].value() == ["name", "district"]
    shown = client.get(reverse("members:export")).context["form"]["columns"].value()
    assert shown == list(ROSTER.shown.by_key)
    post(client, ["district", "name"])
    assert ColumnChoice.objects.get(owner=secretary, listing=CHOICE_KEY).columns == ["district", "name"]
    assert client.get(reverse("members:export")).context["form"]["columns"].value() == ["district", "name"]
    again = client.get(reverse("members:export"), {"preset": "roster"}).context["form"]["columns"].value()
    assert again == list(ROSTER.shown.by_key)


@pytest.mark.parametrize(("preset", "secret"), [("all", True), ("import", True), ("all", False)])
def test_quick_choices_hold_only_what_the_person_may_see(
    preset, secret, secretary, treasurer, as_user, park_unit
):
    page = as_user(treasurer if secret else secretary).get(reverse("members:export"), {"preset": preset})
    keys = page.context["form"]["columns"].value()
    wanted = [c.key for c in ROSTER if preset == "all" or c.importable]
    finance = {"bank_name", "bank_account"}
    assert keys == [k for k in wanted if secret or k not in finance]


@pytest.mark.parametrize(
    ("target", "piece"), [("export-columns", 'name="columns"'), ("export-scope", "<b>1 家单位</b>")]
)
def test_parts_of_the_page_come_alone(target, piece, secretary, as_user, park_unit):
    headers = {"HX-Request": "true", "HX-Target": target}
    text = (
        as_user(secretary).get(reverse("members:export"), {"preset": "all"}, headers=headers).content.decode()
    )
    assert piece in text
    assert "<html" not in text


def test_wrong_filter_is_refused_with_a_sentence(secretary, as_user):
    page = as_user(secretary).get(reverse("members:export"), {"as_of": "明天"})
    assert page.status_code == 422
    assert "名册的筛选条件有误" in page.content.decode()


def test_visitor_signs_in_and_the_wrong_person_is_refused(auditor, member, stranger, as_user):
    assert as_user(None).get(reverse("members:export")).status_code == 302
    for person in (auditor, member, stranger):
        assert as_user(person).get(reverse("members:export")).status_code == 403
        assert post(as_user(person)).status_code == 403
    assert ExportJob.objects.count() == 0


# --- the file ----------------------------------------------------------------------------------------------


def test_file_comes_under_its_chinese_name(secretary, as_user, park_unit):
    response = post(as_user(secretary))
    name = "%E4%BC%9A%E5%91%98%E5%90%8D%E5%86%8C_20221231.xlsx"
    assert response["Content-Disposition"] == (
        f"attachment; filename=\"roster_20221231.xlsx\"; filename*=UTF-8''{name}"
    )
    assert response["Content-Type"] == XLSX
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store, private"


def test_columns_come_in_the_order_asked_for(secretary, as_user, park_unit):
    rows = table(post(as_user(secretary), ["district", "name", "park_name", "grade", "joined_on"]))
    assert rows[0] == ["所属区", "单位名称", "园区名称", "会员级别", "入会日期"]
    joined = rows[1].pop()
    assert rows[1] == ["朝阳区", "演示运营公司01", "莱锦文化创意产业园", "会员单位"]
    assert joined.date() == date(2022, 1, 26)


def test_unknown_columns_are_passed_over(secretary, as_user, park_unit):
    rows = table(post(as_user(secretary), ["name", "password", "search_text", "bank_account"]))
    assert rows[0] == ["单位名称"]


def test_no_column_left_is_refused(secretary, as_user, park_unit):
    response = post(as_user(secretary), ["bank_account"])
    assert response.status_code == 422
    assert "请至少选择一列。" in response.content.decode()
    assert ExportJob.objects.count() == 0


def test_finance_columns_are_for_finance_only(treasurer, president, administrator, as_user, park_unit):
    organizations.update_organization(
        park_unit, by=None, version=park_unit.version, changes={"bank_account": "0200001234567890123"}
    )
    assert table(post(as_user(treasurer), ["bank_account"]))[1] == ["0200001234567890123"]
    for person in (president, administrator):
        response = post(as_user(person), ["name", "bank_account"])
        assert table(response)[0] == ["单位名称"]
        assert "0200001234567890123" not in str(table(response))


def test_filters_and_order_of_the_list_are_kept(secretary, as_user, park_unit, other_unit):
    client = as_user(secretary)
    assert table(post(client, ["name"], "?q=莱锦"))[1:] == [["演示运营公司01"]]
    assert table(post(client, ["name"], "?district=110101"))[1:] == [["演示运营公司02"]]
    assert table(post(client, ["name"], "?sort=-name"))[1:] == [["演示运营公司02"], ["演示运营公司01"]]
    assert table(post(client, ["name"], "?sort=name"))[1:] == [["演示运营公司01"], ["演示运营公司02"]]


def test_day_decides_who_is_in_the_file(secretary, as_user, park_unit):
    make_organization("后来入会公司", joined=date(2022, 6, 1))
    make_organization("先退会公司", left=date(2022, 9, 1))
    client = as_user(secretary)
    counts = {
        day: len(table(post(client, as_of=day))) - 1 for day in ("2022-01-26", "2022-07-01", "2022-12-31")
    }
    assert counts == {"2022-01-26": 2, "2022-07-01": 3, "2022-12-31": 2}
    assert len(table(post(client, query="?as_of=2022-01-26", as_of="2022-07-01"))) - 1 == 3


def test_names_are_those_of_the_day(secretary, as_user, park_unit):
    organizations.update_organization(
        park_unit, by=None, version=park_unit.version, changes={"name": "今天的新名"}
    )
    assert table(post(as_user(secretary), ["name"]))[1:] == [["演示运营公司01"]]


def test_nobody_left_is_refused(secretary, as_user, park_unit):
    response = post(as_user(secretary), query="?q=没有这家")
    assert response.status_code == 422
    assert "没有符合条件的单位" in response.content.decode()


@pytest.mark.parametrize("day", ["", "2022-02-30", "昨天", "0001-01-01"])
def test_bad_day_is_said_beside_the_field(day, secretary, as_user, park_unit):
    response = post(as_user(secretary), as_of=day)
    assert response.status_code == 422
    assert ExportJob.objects.count() == 0


def test_formula_like_names_stay_text(secretary, as_user):
    make_organization('=HYPERLINK("http://x")公司', credit_code="", people=False)
    make_organization("+86甲", credit_code="", people=False)
    sheet = book(post(as_user(secretary), ["name"], "?sort=name"))["会员名册"]
    found = {cell.value: (cell.data_type, cell.number_format) for (cell,) in sheet.iter_rows(min_row=2)}
    assert found == {'=HYPERLINK("http://x")公司': ("s", "@"), "+86甲": ("s", "@")}


def test_cells_are_typed_and_the_header_stays(secretary, as_user, park_unit):
    keys = ["credit_code", "member_number", "representative_mobile", "joined_on", "floor_area", "occupancy"]
    sheet = book(post(as_user(secretary), keys))["会员名册"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "s", "d", "n", "n"]
    assert [cell.number_format for cell in sheet[2]][:4] == ["@", "@", "@", "yyyy-mm-dd"]
    assert sheet.freeze_panes == "A2"
    assert [sheet.column_dimensions[letter].width > 10 for letter in "ABCD"] == [True] * 4


def test_csv_has_a_byte_order_mark_and_guards_formulas(secretary, as_user):
    make_organization("=1+1公司", credit_code="", people=False)
    response = post(as_user(secretary), ["name"], format="csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].endswith("_20221231.csv")
    assert response.content == "\ufeff单位名称\r\n'=1+1公司\r\n".encode()


def test_second_sheet_says_what_this_is(secretary, as_user, park_unit, settings):
    settings.DEMO = True
    response = post(as_user(secretary), ["name", "representative_mobile"], "?district=110105")
    notes = dict(book(response)["说明"].iter_rows(min_row=2, values_only=True))
    notes.pop("生成时间")
    assert notes == {
        "截至日期": "2022-12-31",
        "名称": "北京文化产业园区协会会员名册",
        "筛选条件": "区：朝阳区",
        "行数": "1",
        "导出人": "陈思远",
        "手机号与邮箱": "已遮盖中间几位；再导入时视为没有改动",
        "演示数据": "本文件取自演示系统，其中的联系人、信用代码等为虚构。",
    }


# --- personal numbers --------------------------------------------------------------------------------------

PERSONAL = ["representative_mobile", "liaison_mobile", "liaison_email"]


@pytest.fixture
def numbers(park_unit):
    """Known numbers of the two people of the unit."""
    for duty, mobile, email in (
        ("representative", "13912345678", ""),
        ("liaison", "13787654321", "lianluo@example.cn"),
    ):
        role = ContactRole.objects.get(organization=park_unit, duty=duty)
        Contact.objects.filter(pk=role.contact_id).update(mobile=mobile, email=email)
    return park_unit


def test_numbers_are_masked_unless_asked_for(secretary, as_user, numbers):
    rows = table(post(as_user(secretary), PERSONAL, reason="寄送会刊"))
    assert rows[1] == ["139****5678", "137****4321", "l****@example.cn"]
    assert ExportJob.objects.get().is_unmasked is False
    assert ExportJob.objects.get().reason == ""


def test_full_numbers_with_a_reason(secretary, as_user, numbers):
    response = post(as_user(secretary), PERSONAL, unmasked="on", reason="  寄送会刊　")
    assert table(response)[1] == ["13912345678", "13787654321", "lianluo@example.cn"]
    export = ExportJob.objects.get()
    assert (export.is_unmasked, export.reason) == (True, "寄送会刊")
    activity = Activity.objects.get(kind="association.export.handed_over")
    assert activity.sentence == "导出会员名册 1 行、3 列，截至 2022-12-31，含完整个人号码"
    assert activity.basis == "寄送会刊"


@pytest.mark.parametrize("reason", ["", "  　 ", "长" * 201])
def test_full_numbers_want_a_reason(reason, secretary, as_user, numbers):
    response = post(as_user(secretary), PERSONAL, unmasked="on", reason=reason)
    assert response.status_code == 422
    assert "139" not in response.content.decode()
    if len(reason) < 200:
        assert "手机号与邮箱写完整时，须写明用途。" in response.content.decode()
    assert ExportJob.objects.count() == 0


def test_who_may_not_have_them_gets_masks_whatever_they_send(administrator, as_user, numbers):
    page = as_user(administrator).get(reverse("members:export")).content.decode()
    assert 'name="unmasked"' not in page
    rows = table(post(as_user(administrator), PERSONAL, unmasked="on", reason="想要"))
    assert rows[1] == ["139****5678", "137****4321", "l****@example.cn"]
    assert ExportJob.objects.get().is_unmasked is False


def test_nothing_personal_needs_no_reason(secretary, as_user, numbers):
    assert table(post(as_user(secretary), ["name"], unmasked="on"))[0] == ["单位名称"]
    assert ExportJob.objects.get().is_unmasked is False


# --- the log -----------------------------------------------------------------------------------------------


def test_every_file_leaves_a_row(secretary, as_user, park_unit, other_unit):
    response = post(as_user(secretary), ["name", "district"], "?district=110105&page=3&columns=name&view=7")
    export = ExportJob.objects.get()
    assert (export.person, export.listing, export.title) == (secretary, "members.roster", "会员名册")
    assert export.query == "district=110105&as_of=2022-12-31"
    assert export.conditions == "区：朝阳区"
    assert export.columns == ["name", "district"]
    assert (export.as_of, export.format, export.state) == (date(2022, 12, 31), "xlsx", ExportState.DONE)
    assert (export.rows_total, export.rows_done, export.size) == (1, 1, len(response.content))
    assert export.downloaded_at == export.finished_at
    assert len(export.sha256) == 64
    assert export.file == ""


def test_row_cannot_be_rewritten_or_removed(secretary, as_user, park_unit):
    post(as_user(secretary))
    rows = ExportJob.objects.all()
    for change in (lambda: rows.update(reason="别的用途"), lambda: rows.delete()):
        with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
            change()
    assert ExportJob.objects.get().reason == ""


def test_too_many_files_in_ten_minutes(secretary, as_user, park_unit, monkeypatch):
    monkeypatch.setattr("association.domain.exports.MOST_RECENT", 2)
    client = as_user(secretary)
    assert [post(client).status_code for _ in range(3)] == [200, 200, 429]
    assert ExportJob.objects.count() == 2


def test_small_export_costs_the_same_for_one_and_thirty(secretary, as_user, queries, park_unit):
    client = as_user(secretary)
    keys = list(ROSTER.importable.by_key)
    post(client, keys)
    with queries() as one:
        post(client, keys)
    for number in range(29):
        make_organization(f"单位{number}", park=f"园区{number}")
    with queries() as thirty:
        assert len(table(post(client, keys))) == 31
    assert len(thirty) == len(one)
