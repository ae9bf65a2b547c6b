"""What the house exports opens in a real spreadsheet program, and comes in again without a difference."""

import os
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from association import jobs
from association.choices import ImportState, RowResult
from association.domain import imports
from members.columns import ROSTER
from members.domain import organizations, parks
from members.exchange.plan import PLAN
from tests.factories import make_organization
from tests.members.test_exports_form import post

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """LibreOffice; where browsers are required it is required as well."""
    if not OFFICE and os.environ.get("REQUIRE_BROWSER"):
        pytest.fail("REQUIRE_BROWSER 已设置，但这台机器上没有找到 LibreOffice（soffice）。", pytrace=False)
    if not OFFICE:
        pytest.skip("没有找到 LibreOffice，跳过电子表格测试（apt-get install libreoffice-calc）。")
    return OFFICE


@pytest.fixture
def units(park_unit, other_unit):
    """Units with every kind of value; among the names what a spreadsheet program would like to calculate."""
    for unit in (park_unit, other_unit):
        park = unit.parks.get()
        parks.report_year(
            park, by=None, year=2022, rented_area=Decimal("23000.50"), tenants=120, culture_tenants=96
        )
        parks.add_recognition(park, by=None, level="municipal", year=2020)
    organizations.update_organization(
        park_unit,
        by=None,
        version=park_unit.version,
        changes={
            "registered_capital": Decimal("1000.25"),
            "founded_on": date(2009, 3, 1),
            "phone": "010-65123456",
            "nature": "state",
            "bank_account": "0200001234567890123",
        },
    )
    make_organization("-3度空间文化公司", category="technology")
    make_organization("单独入会公司", category="investor", people=False)


def taken_in(person, name, content):
    """The batch of an upload, checked."""
    batch = imports.upload(PLAN, SimpleUploadedFile(name, content), by=person)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize("format", ["xlsx", "csv"])
@pytest.mark.parametrize("columns", ["importable", "all", "shown"])
@pytest.mark.parametrize("unmasked", [True, False])
def test_export_comes_in_again_unchanged(format, columns, unmasked, secretary, as_user, units):
    chosen = ROSTER if columns == "all" else getattr(ROSTER, columns)
    fields = {"unmasked": "on", "reason": "核对"} if unmasked else {}
    keys = [*chosen.by_key] if "credit_code" in chosen.by_key else [*chosen.by_key, "credit_code"]
    response = post(as_user(secretary), keys, format=format, as_of="2022-12-31", **fields)
    batch = taken_in(secretary, f"会员名册_20221231.{format}", response.content)
    assert (batch.state, batch.sentence) == (ImportState.READY, "")
    assert [
        (row.number, row.result, row.errors, row.differences) for row in batch.rows.order_by("number")
    ] == [(number, RowResult.SAME, [], []) for number in (2, 3, 4, 5)]


def test_opens_in_libreoffice_and_keeps_every_digit(secretary, as_user, units, office, tmp_path):
    keys = [
        "name",
        "credit_code",
        "member_number",
        "representative_mobile",
        "phone",
        "joined_on",
        "rented_area",
    ]
    response = post(as_user(secretary), keys, "?sort=member_number", unmasked="on", reason="核对")
    ours, theirs = tmp_path / "会员名册_20221231.xlsx", tmp_path / "saved"
    ours.write_bytes(response.content)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(theirs), str(ours)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    before = openpyxl.load_workbook(BytesIO(response.content))["会员名册"]
    after = openpyxl.load_workbook(theirs / ours.name)["会员名册"]
    assert [list(row) for row in after.values] == [list(row) for row in before.values]
    assert [cell.data_type for cell in after[2]] == ["s", "s", "s", "s", "s", "d", "n"]
    codes = [cell.value for cell in after["B"][1:]]
    assert [(len(code), code[:2]) for code in codes] == [(18, "91")] * 4
    batch = taken_in(secretary, "saved.xlsx", (theirs / ours.name).read_bytes())
    assert list(batch.rows.values_list("result", flat=True)) == [RowResult.SAME] * 4


def test_leading_zeros_survive_libreoffice(treasurer, as_user, units, office, tmp_path):
    response = post(as_user(treasurer), ["name", "bank_account"], "?q=演示运营公司01")
    (tmp_path / "a.xlsx").write_bytes(response.content)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=180)
    assert "0200001234567890123" in (tmp_path / "a.csv").read_text()


def test_page_is_reachable_from_the_roster(secretary, as_user, units):
    text = as_user(secretary).get(reverse("members:roster"), {"q": "演示"}).content.decode()
    assert f'href="{reverse("members:export")}?q=' in text
    assert f'href="{reverse("members:print")}?q=' in text
