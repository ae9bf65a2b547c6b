"""Rows without files, files without rows, and what the nightly sweep makes of them."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import storages
from django.utils import timezone

from association.choices import JobState
from association.domain import attachments as domain
from association.models import Job
from tests.factories import files
from tests.factories.attachments import added, stored_names, upload, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_units")]


def test_a_row_without_its_file_is_found_and_its_download_is_a_404(park_unit, member, as_user):
    attachment = added(park_unit, member)
    file = attachment.files.get()
    storages["attachments"].delete(file.stored_name)
    assert (domain.missing_files(), domain.damaged_files()) == ([file], [])
    assert as_user(member).get(url("download", attachment)).status_code == 404


def test_a_file_with_other_bytes_is_found(park_unit, member):
    file = added(park_unit, member).files.get()
    with open(storages["attachments"].path(file.stored_name), "ab") as stored:
        stored.write(b"more")
    assert (domain.missing_files(), domain.damaged_files()) == ([], [file])


def test_a_file_without_a_row_is_found_once_it_is_old_and_swept_after_a_day(park_unit, member):
    kept = added(park_unit, member).files.get().stored_name
    with domain._stored(upload()) as (orphan, _):
        pass
    assert domain.orphan_files() == []
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert domain.orphan_files() == [orphan]
        domain.sweep()
        assert stored_names() == sorted([kept, orphan])
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        domain.sweep()
    assert stored_names() == [kept]


def test_a_picture_whose_job_failed_for_good_is_refused_by_the_sweep(park_unit, member):
    attachment = added(park_unit, member, files.picture("PNG"), "a.png")
    later = timezone.now() + timedelta(hours=2)
    with time_machine.travel(later, tick=False):
        domain.sweep()
        attachment.refresh_from_db()
        assert attachment.state == "processing"
        Job.objects.update(state=JobState.FAILED)
        domain.sweep()
    attachment.refresh_from_db()
    assert (attachment.state, attachment.reason) == ("refused", "图片处理失败，请重新上传。")


def test_a_picture_whose_upload_vanished_is_refused(park_unit, member, run_jobs):
    attachment = added(park_unit, member, files.picture("PNG"), "a.png")
    storages["attachments"].delete(attachment.files.get().stored_name)
    run_jobs()
    attachment.refresh_from_db()
    assert (attachment.state, attachment.reason) == ("refused", "文件没有保存成功，请重新上传。")
