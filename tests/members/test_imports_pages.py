"""The pages of the import: who gets in, what they show, what the buttons do."""

import io
import uuid
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from association import jobs, stamps
from association.choices import ImportState
from association.models import ImportBatch, Job
from members.desk.roster import imports_to_confirm
from members.domain import contacts
from members.models import Contact, Organization
from tests.factories import make_user, next_mobile
from tests.factories.sheets import PARK, csv_upload, new_unit
from tests.factories.tables import contents

pytestmark = pytest.mark.django_db
VERBS = ("import_confirm", "import_recheck", "import_undo", "import_discard")
PAGES = ("import", "import_progress", "import_errors")


def page(name, batch=None):
    return reverse(f"members:{name}", args=[batch.pk] if batch else [])


def upload(client, *rows, key=None, file=None):
    return client.post(page("imports"), {"file": file or csv_upload(*rows), "_key": key or uuid.uuid4()})


@pytest.fixture
def batch(secretary, as_user, park_unit):
    """A checked file: one new unit, one change, one error."""
    blank = dict.fromkeys(new_unit())
    upload(
        as_user(secretary),
        new_unit("演示双桥公司"),
        blank | {"单位名称": park_unit.name, "法定代表人": "甲", "联络员手机": "19912345678"},
        new_unit("演示错误公司", 统一社会信用代码="91119900MA0000023X"),
    )
    jobs.run_queued_jobs()
    return ImportBatch.objects.get()


# --- who ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("secretary", 200),
        ("secretary_general", 200),
        ("administrator", 200),
        ("treasurer", 403),
        ("president", 403),
        ("auditor", 403),
        ("stranger", 403),
        ("member", 403),
    ],
)
def test_who_may_import(request, as_user, person, status):
    client = as_user(request.getfixturevalue(person))
    assert client.get(page("imports")).status_code == status
    assert client.get(page("import_template")).status_code == status
    assert upload(client, new_unit()).status_code == (303 if status == 200 else status)


def test_visitor_signs_in_first(client):
    response = client.get(page("imports"))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("person", ["treasurer", "president", "auditor", "stranger", "member"])
def test_preview_of_others_is_not_known_to_the_rest(request, as_user, batch, person):
    client = as_user(request.getfixturevalue(person))
    before = contents() | contents("association", without=("last_login",))
    assert {client.get(page(name, batch)).status_code for name in PAGES} == {404}
    assert {client.post(page(name, batch)).status_code for name in VERBS} == {404}
    assert contents() | contents("association", without=("last_login",)) == before


def test_colleague_sees_the_preview_but_not_the_file(as_user, secretary_general, batch):
    client = as_user(secretary_general)
    shown = client.get(page("import", batch)).content.decode()
    assert "演示双桥公司" in shown
    assert "下载带错误原因的表" not in shown
    assert client.get(page("import_errors", batch)).status_code == 404


def test_numbers_are_masked_for_those_who_may_not_have_them(as_user, administrator, secretary, batch):
    assert "19912345678" in as_user(secretary).get(page("import", batch)).content.decode()
    shown = as_user(administrator).get(page("import", batch)).content.decode()
    assert "19912345678" not in shown
    assert "199****5678" in shown


@pytest.mark.parametrize("name", VERBS)
def test_verbs_are_not_done_by_get(as_user, secretary, batch, name):
    before = contents("association", without=("last_login",))
    assert as_user(secretary).get(page(name, batch)).status_code == 405
    assert contents("association", without=("last_login",)) == before


def test_numbers_that_are_no_batch(as_user, secretary, batch):
    client = as_user(secretary)
    assert client.get("/members/imports/999999999999999999/").status_code == 404
    assert client.get("/members/imports/-1/").status_code == 404


# --- upload ---------------------------------------------------------------------------------------------------


def test_upload_leads_to_the_result(as_user, secretary, park_unit):
    client = as_user(secretary)
    response = upload(client, new_unit())
    batch = ImportBatch.objects.get()
    assert (response.status_code, response["Location"]) == (303, page("import", batch))
    assert "核对中" in client.get(response["Location"]).content.decode()
    jobs.run_queued_jobs()
    assert "导入 1 行" in client.get(response["Location"]).content.decode()


def test_upload_twice_makes_one_batch(as_user, secretary):
    client, key, row = as_user(secretary), uuid.uuid4(), new_unit()
    first, second = (upload(client, row, key=key) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert (ImportBatch.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("名册.xlsx", b"", "文件是空的（0 字节）。请检查原文件后重新上传。"),
        ("名册.xls", b"x", "只能导入 .xlsx 或 .csv 文件。"),
        ("名册.xlsx", b"%PDF-1.7", "这是PDF 文件，不是表格。"),
        ("名册.xlsx", b"PK\x03\x04broken", "重新上传"),
        ("名册.csv", b"x" * (10 * 2**20 + 1), "超过 10 MB 的上限"),
    ],
)
def test_file_that_is_no_table_is_answered_at_once(as_user, secretary, name, content, sentence):
    response = upload(as_user(secretary), file=SimpleUploadedFile(name, content))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not ImportBatch.objects.exists()


def test_no_file(as_user, secretary):
    response = as_user(secretary).post(page("imports"), {})
    assert (response.status_code, "请选择要导入的文件。" in response.content.decode()) == (422, True)


def test_extra_fields_are_nothing(as_user, secretary, stranger):
    client = as_user(secretary)
    client.post(page("imports"), {"file": csv_upload(new_unit()), "owner": stranger.pk, "state": "done"})
    batch = ImportBatch.objects.get()
    assert (batch.owner, batch.state) == (secretary, ImportState.CHECKING)


def test_hostile_file_name(as_user, secretary):
    file = csv_upload(new_unit(), name="../../etc/\u202e<script>alert(1)</script>名册.csv")
    upload(as_user(secretary), file=file)
    batch = ImportBatch.objects.get()
    assert "\u202e" not in batch.filename
    assert batch.file.name.startswith("imports/")
    assert ".." not in batch.file.name
    assert "<script>alert" not in as_user(secretary).get(page("imports")).content.decode()


# --- the result -----------------------------------------------------------------------------------------------


def test_result_shows_every_row(as_user, secretary, batch):
    shown = as_user(secretary).get(page("import", batch)).content.decode()
    assert "「统一社会信用代码」校验位错误，应为 T" in shown
    assert "园区运营机构，海淀区，2022-09-30 入会" in shown
    assert "只导入正确的 2 行" in shown
    assert "共 2 处不同" in shown


@pytest.mark.parametrize(
    ("result", "titles"),
    [
        ("new", ["演示双桥公司"]),
        ("update", ["演示运营公司01"]),
        ("error", ["演示错误公司"]),
        ("same", []),
        ("", ["演示错误公司", "演示运营公司01", "演示双桥公司"]),
        ("nonsense", ["演示错误公司", "演示运营公司01", "演示双桥公司"]),
    ],
)
def test_rows_by_result(as_user, secretary, batch, result, titles):
    response = as_user(secretary).get(page("import", batch), {"result": result})
    assert [row["title"] for row in response.context["page"]] == titles


def test_pages_of_fifty(as_user, secretary, park_unit):
    client = as_user(secretary)
    upload(client, *[new_unit(f"演示新公司{i:03d}") for i in range(60)])
    jobs.run_queued_jobs()
    address = page("import", ImportBatch.objects.get())
    assert [len(client.get(address, {"page": p}).context["page"]) for p in ("1", "2", "999", "x")] == [
        50,
        10,
        10,
        50,
    ]


def test_as_many_queries_for_thirty_rows_as_for_one(as_user, secretary, park_unit, queries):
    client, counts = as_user(secretary), []
    for size in (1, 30):
        upload(client, *[new_unit(f"演示公司{size}-{i}", **PARK) for i in range(size)])
        jobs.run_queued_jobs()
        address = page("import", ImportBatch.objects.latest("pk"))
        client.get(address)
        with queries() as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10


def test_list_of_batches(as_user, secretary, batch, queries):
    client = as_user(secretary)
    with queries() as few:
        shown = client.get(page("imports")).content.decode()
    assert "名册.csv" in shown
    for _ in range(5):
        upload(client, new_unit())
    with queries() as many:
        client.get(page("imports"))
    assert len(few) == len(many)


def test_scripts_in_cells_are_text(as_user, secretary, park_unit):
    client = as_user(secretary)
    upload(client, {"单位名称": park_unit.name, "法定代表人": "<script>x</script>", "<b>y</b>": "1"})
    jobs.run_queued_jobs()
    shown = client.get(page("import", ImportBatch.objects.get())).content.decode()
    assert "<script>x" not in shown
    assert "<b>y</b>" not in shown
    assert "&lt;script&gt;x" in shown


# --- progress -------------------------------------------------------------------------------------------------


def test_progress_for_htmx(as_user, secretary):
    client = as_user(secretary)
    upload(client, new_unit())
    batch = ImportBatch.objects.get()
    response = client.get(page("import_progress", batch), headers={"HX-Request": "true"})
    assert (response.status_code, "HX-Refresh" in response) == (200, False)
    assert "every 1s" in response.content.decode()
    jobs.run_queued_jobs()
    response = client.get(page("import_progress", batch), headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"
    assert client.get(page("import_progress", batch)).status_code == 302


# --- verbs ----------------------------------------------------------------------------------------------------


def test_confirm_and_undo_through_the_pages(as_user, secretary, batch):
    client, before = as_user(secretary), contents(without=("version", "updated_at"))
    response = client.post(page("import_confirm", batch), {"round": 1, "only_right": "1"})
    assert response["Location"] == page("import", batch)
    jobs.run_queued_jobs()
    assert Organization.objects.filter(name="演示双桥公司").exists()
    shown = client.get(page("import", batch)).content.decode()
    assert "确认导入 2 行，跳过 1 行错误" in shown
    assert client.post(page("import_undo", batch), {"basis": " "}).status_code == 422
    client.post(page("import_undo", batch), {"basis": "传错了"})
    jobs.run_queued_jobs()
    assert "已整批撤销" in client.get(page("import", batch)).content.decode()
    assert contents(without=("version", "updated_at")) == before


def test_confirm_without_saying_only_right(as_user, secretary, batch):
    response = as_user(secretary).post(page("import_confirm", batch), {"round": 1})
    assert (response.status_code, "还有 1 行有错误" in response.content.decode()) == (409, True)


@pytest.mark.parametrize("data", [{}, {"round": "x"}, {"round": "9" * 30}])
def test_confirm_with_nonsense(as_user, secretary, batch, data):
    assert as_user(secretary).post(page("import_confirm", batch), data).status_code == 422


def test_discard_through_the_page(as_user, secretary, batch):
    client = as_user(secretary)
    assert client.post(page("import_discard", batch))["Location"] == page("imports")
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == (ImportState.DISCARDED, 0)
    assert client.get(page("import", batch)).status_code == 200


def test_recheck_through_the_page(as_user, secretary, batch):
    as_user(secretary).post(page("import_recheck", batch))
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.round) == (ImportState.READY, 2)


def test_checked_file_is_on_the_list_of_its_uploader(as_user, secretary, secretary_general, batch):
    def todos(person):
        return [todo.title for todo in imports_to_confirm(person)]

    assert todos(secretary) == ["1 份导入的名册核对好了"]
    assert todos(secretary_general) == []
    as_user(secretary).post(page("import_discard", batch))
    stamps.bump()
    assert todos(secretary) == []


# --- files ----------------------------------------------------------------------------------------------------


def test_copy_with_the_reasons(as_user, secretary, batch):
    response = as_user(secretary).get(page("import_errors", batch))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    headers = [cell.value for cell in sheet[1]]
    assert headers[-1] == "错误原因"
    assert [sheet.cell(row, len(headers)).value for row in (2, 3, 4)] == [
        None,
        None,
        "「统一社会信用代码」校验位错误，应为 T",
    ]
    assert "%E5%90%8D%E5%86%8C_%E9%94%99%E8%AF%AF%E5%8E%9F%E5%9B%A0.xlsx" in response["Content-Disposition"]
    assert response["Cache-Control"] == "no-store, private"


def test_template_comes_back_without_an_error(as_user, secretary, park_unit):
    client = as_user(secretary)
    for query, columns in (("", 27), ("?columns=all", 36)):
        content = client.get(page("import_template") + query).content
        book = openpyxl.load_workbook(io.BytesIO(content))
        headers = [cell.value for cell in book["数据"][1]]
        assert headers[:2] == ["单位名称*", "园区名称"]
        assert "银行账号" not in headers
        assert len(headers) == columns
    example = [cell.value for cell in book["数据"][2]]
    assert example[0] == "【示例】演示文化发展有限公司"
    sheet = book["数据"]
    for place, value in enumerate(example, start=1):
        sheet.cell(3, place, str(value).removeprefix("【示例】") if place == 1 else value)
    stream = io.BytesIO()
    book.save(stream)
    upload(client, file=SimpleUploadedFile("模板.xlsx", stream.getvalue()))
    jobs.run_queued_jobs()
    batch = ImportBatch.objects.get()
    assert (batch.sentence, batch.total, batch.new_count) == ("", 1, 1)
    assert [row.errors for row in batch.rows.all()] == [[]]
    assert "第2行是示例，没有读取。" in batch.notes


def test_undone_rows_do_not_lead_to_removed_units(as_user, secretary, batch):
    client = as_user(secretary)
    client.post(page("import_confirm", batch), {"round": 1, "only_right": "1"})
    jobs.run_queued_jobs()
    unit = Organization.objects.get(name="演示双桥公司")
    assert unit.get_absolute_url() in client.get(page("import", batch)).content.decode()
    client.post(page("import_undo", batch), {"basis": "传错了"})
    jobs.run_queued_jobs()
    assert unit.get_absolute_url() not in client.get(page("import", batch)).content.decode()


def test_tokens_of_other_units_stay_out_of_the_preview(as_user, secretary, batch, other_unit):
    assert other_unit.name not in as_user(secretary).get(page("import", batch)).content.decode()


def test_member_of_another_unit_is_no_importer(as_user, other_unit, batch):
    person = make_user("钱联络", "other2@test.cn", organization=other_unit)
    assert as_user(person).get(page("import", batch)).status_code == 404


def test_contact_of_a_former_colleague(as_user, secretary, park_unit):
    """The page shows what was staged, not what the books say now."""
    client = as_user(secretary)
    upload(client, {"单位名称": park_unit.name, "联络员手机": "19912345678"})
    jobs.run_queued_jobs()
    old = Contact.objects.get(name="赵联络").mobile
    contacts.add_contact(
        park_unit, by=None, duty="liaison", name="后任", mobile=next_mobile(), since=date(2023, 1, 1)
    )
    assert old in client.get(page("import", ImportBatch.objects.get())).content.decode()
