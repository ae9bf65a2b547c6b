"""Large exports: made in the background, watched, fetched once by the one who asked, removed after a week."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from association import jobs
from association.choices import ExportState, JobState
from association.domain import exports as domain
from association.models import Activity, ExportJob, Job, RoleAssignment
from association.tasks import tidy
from members.desk.roster import files_to_fetch
from members.exchange import export as roster_file
from members.models import Tag, Tagging
from members.tasks import roster
from tests.factories import make_organization

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _everything_is_large(settings):
    settings.EXPORT_INLINE_ROWS = 1


@pytest.fixture
def units(park_unit, other_unit):
    return park_unit, other_unit


def ask(client, columns=("name", "member_number"), query="", **fields):
    data = {"columns": list(columns), "as_of": "2022-12-31", "format": "xlsx"} | fields
    return client.post(f"{reverse('members:export')}{query}", data)


def fetch(client, export):
    return client.post(reverse("members:export_download", args=[export.pk]))


def content(response):
    return b"".join(response.streaming_content)


def end_roles(person):
    RoleAssignment.objects.filter(user=person).update(until=localdate())


# --- asked, made, fetched ------------------------------------------------------------------------------------


def test_large_export_is_queued_made_and_fetched(secretary, as_user, units, run_jobs):
    client = as_user(secretary)
    response = ask(client)
    assert (response.status_code, response["Location"]) == (303, reverse("members:exports"))
    export = ExportJob.objects.get()
    assert (export.state, export.rows_total, export.file_name) == (
        ExportState.QUEUED,
        2,
        "会员名册_20221231.xlsx",
    )
    assert fetch(client, export).status_code == 409
    run_jobs()
    export.refresh_from_db()
    assert (export.state, export.rows_done, export.rows_total) == (ExportState.DONE, 2, 2)
    file = fetch(client, export)
    data = content(file)
    sheet = openpyxl.load_workbook(BytesIO(data))["会员名册"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        "演示运营公司01",
        "演示运营公司02",
    ]
    assert (len(data), file["Cache-Control"]) == (export.size, "no-store, private")
    assert file["Content-Disposition"].startswith('attachment; filename="roster_20221231.xlsx"; filename*=')


@pytest.mark.django_db(transaction=True)
def test_chunks_are_loaded_ahead_in_their_order(secretary, as_user, monkeypatch):
    """Outside a test's transaction the readers have connections of their own."""
    monkeypatch.setattr(roster_file, "CHUNK", 3)
    for number in range(11):
        make_organization(f"单位{number:02d}", people=False)
    ask(as_user(secretary), ["name"], "?sort=-name", format="csv")
    seen = []
    monkeypatch.setattr(domain, "_progress", lambda export, check, done, total: seen.append((done, total)))
    jobs.run_queued_jobs()
    export = ExportJob.objects.get()
    text = storages["exports"].open(export.file).read().decode("utf-8-sig")
    assert text.split() == ["单位名称", *(f"单位{number:02d}" for number in reversed(range(11)))]
    assert seen == [(0, 11), (0, 11), (3, 11), (6, 11), (9, 11)]


def test_asking_twice_gives_the_one_in_the_making(secretary, as_user, units, run_jobs):
    client = as_user(secretary)
    ask(client)
    ask(client)
    assert (ExportJob.objects.count(), Job.objects.count()) == (1, 1)
    assert Activity.objects.filter(kind="association.export.requested").count() == 1
    run_jobs()
    ask(client)
    assert ExportJob.objects.count() == 2


def test_three_at_a_time(secretary, as_user, units):
    client = as_user(secretary)
    for column in ("name", "district", "category"):
        ask(client, [column])
    response = ask(client, ["grade"])
    assert response.status_code == 409
    assert "你已有 3 份导出正在生成" in response.content.decode()
    assert ExportJob.objects.count() == 3


def test_made_twice_changes_nothing(secretary, as_user, units, run_jobs):
    ask(as_user(secretary))
    run_jobs()
    before = ExportJob.objects.values().get()
    roster.produce_export(export_id=before["id"])
    assert ExportJob.objects.values().get() == before
    assert len(storages["exports"].listdir("")[1]) == 1


def test_masks_and_reason_hold_in_the_background(secretary, as_user, units, run_jobs):
    client = as_user(secretary)
    ask(client, ["liaison_mobile"])
    ask(client, ["liaison_mobile"], unmasked="on", reason="走访通知")
    run_jobs()
    masked, full = [
        openpyxl.load_workbook(storages["exports"].open(export.file))["会员名册"]["A2"].value
        for export in ExportJob.objects.order_by("is_unmasked")
    ]
    assert masked == f"{full[:3]}****{full[-4:]}"
    assert full.isdigit()


# --- rights that end meanwhile -------------------------------------------------------------------------------


def test_role_ended_before_the_file_was_made(secretary, as_user, units, run_jobs):
    ask(as_user(secretary))
    end_roles(secretary)
    run_jobs()
    export = ExportJob.objects.get()
    assert (export.state, export.file) == (ExportState.FAILED, "")
    assert export.failure == "经办人已没有导出名册的权限，这份导出不再提供。"
    assert Job.objects.get().state == JobState.DONE


def test_role_ended_while_the_file_was_made(secretary, as_user, units, monkeypatch):
    ask(as_user(secretary))
    write = roster_file.write_workbook

    def slow(*args, **kwargs):
        write(*args, **kwargs)
        end_roles(secretary)

    monkeypatch.setattr(roster_file, "write_workbook", slow)
    jobs.run_queued_jobs()
    export = ExportJob.objects.get()
    assert (export.state, export.file) == (ExportState.FAILED, "")
    assert not storages["exports"].exists("") or storages["exports"].listdir("")[1] == []


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_role_ended_between_two_chunks(format, secretary, as_user, units, monkeypatch):
    ask(as_user(secretary), format=format)
    monkeypatch.setattr(roster_file, "CHUNK", 1)
    passed = []

    def check(*args, **kwargs):
        passed.append(1)
        if len(passed) == 3:
            end_roles(secretary)
        roster_file_check(*args, **kwargs)

    roster_file_check = roster_file.check
    monkeypatch.setattr(roster_file, "check", check)
    jobs.run_queued_jobs()
    export = ExportJob.objects.get()
    assert (len(passed), export.state, export.file) == (3, ExportState.FAILED, "")
    assert export.failure == "经办人已没有导出名册的权限，这份导出不再提供。"


def test_role_ended_before_the_file_was_fetched(secretary, as_user, units, run_jobs):
    client = as_user(secretary)
    ask(client)
    run_jobs()
    end_roles(secretary)
    assert fetch(client, ExportJob.objects.get()).status_code == 403


def test_a_smaller_role_no_longer_fetches_the_larger_file(treasurer, as_user, units, run_jobs):
    ask(as_user(treasurer), ["name", "bank_account"])
    run_jobs()
    RoleAssignment.objects.filter(user=treasurer).update(role="secretariat")
    response = fetch(as_user(treasurer), ExportJob.objects.get())
    assert response.status_code == 409
    assert "权限已有变化" in response.content.decode()
    assert ExportJob.objects.get().downloaded_at is None


def test_filter_that_no_longer_exists_ends_the_export(secretary, as_user, units, run_jobs):
    tag = Tag.objects.create(name="重点")
    Tagging.objects.bulk_create(Tagging(tag=tag, organization=unit) for unit in units)
    ask(as_user(secretary), query=f"?tag={tag.pk}")
    tag.delete()
    run_jobs()
    assert ExportJob.objects.get().failure.startswith("筛选条件已失效")


# --- faults --------------------------------------------------------------------------------------------------


def test_third_failure_ends_the_export(secretary, as_user, units, monkeypatch):
    ask(as_user(secretary))
    monkeypatch.setattr(roster_file, "write_workbook", lambda *a, **k: 1 / 0)
    states = []
    for _ in range(3):
        Job.objects.update(run_after=None)
        jobs.run_queued_jobs()
        states.append(ExportJob.objects.get().state)
    assert states == [ExportState.RUNNING, ExportState.RUNNING, ExportState.FAILED]
    assert ExportJob.objects.get().failure == domain.BROKEN


def test_dead_worker_is_followed_by_another(secretary, as_user, units, run_jobs):
    ask(as_user(secretary))
    ExportJob.objects.update(state=ExportState.RUNNING, rows_done=1)
    run_jobs()
    assert ExportJob.objects.get().state == ExportState.DONE


def test_work_that_was_given_up_shows_as_failed_and_frees_the_place(secretary, as_user, units):
    client = as_user(secretary)
    ask(client)
    Job.objects.update(state=JobState.FAILED)
    assert "失败" in client.get(reverse("members:exports")).content.decode()
    ask(client)
    assert sorted(ExportJob.objects.values_list("state", flat=True)) == [
        ExportState.FAILED,
        ExportState.QUEUED,
    ]


def test_missing_file_is_said(secretary, as_user, units, run_jobs):
    client = as_user(secretary)
    ask(client)
    run_jobs()
    storages["exports"].delete(ExportJob.objects.get().file)
    response = fetch(client, ExportJob.objects.get())
    assert response.status_code == 409
    assert "文件已不在服务器上" in response.content.decode()


# --- who fetches, who watches ----------------------------------------------------------------------------------


def test_nobody_else_fetches_the_file(
    secretary, secretary_general, president, auditor, as_user, units, run_jobs
):
    ask(as_user(secretary))
    run_jobs()
    export = ExportJob.objects.get()
    answers = [fetch(as_user(p), export).status_code for p in (secretary_general, president, auditor, None)]
    assert answers == [404, 404, 403, 302]
    assert ExportJob.objects.get().downloaded_at is None


def test_download_is_written_down_once(secretary, as_user, units, run_jobs):
    client = as_user(secretary)
    ask(client)
    run_jobs()
    export = ExportJob.objects.get()
    assert client.get(reverse("members:export_download", args=[export.pk])).status_code == 405
    assert ExportJob.objects.get().downloaded_at is None
    fetch(client, export)
    first = ExportJob.objects.get().downloaded_at
    fetch(client, export)
    assert ExportJob.objects.get().downloaded_at == first is not None
    assert Activity.objects.filter(kind="association.export.downloaded").count() == 1


def test_progress_is_asked_for_until_the_end(secretary, president, as_user, units, run_jobs):
    client = as_user(secretary)
    ask(client)
    export = ExportJob.objects.get()
    address = reverse("members:export_progress", args=[export.pk])
    ExportJob.objects.update(state=ExportState.RUNNING, rows_done=1)
    running = client.get(address, headers=HTMX).content.decode()
    assert ("1 / 2 行，50%" in running, 'hx-trigger="every 2s"' in running) == (True, True)
    run_jobs()
    done = client.get(address, headers=HTMX).content.decode()
    assert ("hx-trigger" in done, reverse("members:export_download", args=[export.pk]) in done) == (
        False,
        True,
    )
    assert client.get(address)["Location"] == reverse("members:exports")
    assert as_user(president).get(address, headers=HTMX).status_code == 404
    assert client.get(reverse("members:export_progress", args=[10**17]), headers=HTMX).status_code == 404


def test_finished_file_is_a_to_do_until_it_is_fetched(secretary, president, as_user, units, run_jobs):
    def titles(person):
        cache.clear()
        return [todo.title for todo in files_to_fetch(person)]

    client = as_user(secretary)
    ask(client)
    waiting = titles(secretary)
    run_jobs()
    ready = titles(secretary)
    others = titles(president)
    fetch(client, ExportJob.objects.get())
    assert (waiting, ready, others, titles(secretary)) == ([], ["1 份导出的名册可以下载"], [], [])


# --- the end -------------------------------------------------------------------------------------------------


def test_file_goes_after_a_week_and_the_row_stays(secretary, as_user, units, run_jobs):
    client = as_user(secretary)
    ask(client)
    run_jobs()
    export = ExportJob.objects.get()
    ExportJob.objects.update(finished_at=timezone.now() - timedelta(days=6, hours=23))
    tidy()
    assert storages["exports"].exists(export.file)
    ExportJob.objects.update(finished_at=timezone.now() - timedelta(days=7, minutes=1))
    tidy()
    assert not storages["exports"].exists(export.file)
    export.refresh_from_db()
    assert (export.state, export.file, export.rows_total) == (ExportState.EXPIRED, "", 2)
    assert fetch(client, export).status_code == 409
    assert "已过期" in client.get(reverse("members:exports")).content.decode()


def test_file_without_a_row_goes_after_a_day(monkeypatch):
    store = storages["exports"]
    stray = store.save("stray.xlsx", ContentFile(b"x"))
    assert (domain.expire(), store.exists(stray)) == (0, True)
    later = timezone.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(domain.timezone, "now", lambda: later)
    assert (domain.expire(), store.exists(stray)) == (1, False)
