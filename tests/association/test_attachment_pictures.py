"""Pictures on records: redrawn in the background, and what the list says meanwhile."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from PIL import Image

from association import child, images
from association.choices import JobState
from association.domain import attachments as domain
from association.models import Activity, Attachment, Job, StoredFile
from tests.factories import files
from tests.factories.attachments import added, body, list_url, send, stored_names, upload, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_units")]


def test_a_picture_is_redrawn_in_the_background_and_opens_in_the_browser(
    park_unit, member, as_user, run_jobs
):
    client = as_user(member)
    send(client, park_unit, upload(files.photo_with_place(), "园区 正门.jpeg"))
    attachment = Attachment.objects.get()
    assert (attachment.state, client.get(url("download", attachment)).status_code) == ("processing", 404)
    assert run_jobs() == 1
    attachment.refresh_from_db()
    assert (attachment.state, attachment.width, attachment.height) == ("ready", 600, 400)
    handed = client.get(url("download", attachment))
    assert handed["Content-Type"] == "image/jpeg"
    assert handed["Content-Disposition"] == (
        "inline; filename*=utf-8''%E5%9B%AD%E5%8C%BA%20%E6%AD%A3%E9%97%A8.jpg"
    )
    drawn = body(handed)
    assert (b"SECRET" in drawn, dict(Image.open(io.BytesIO(drawn)).getexif())) == (False, {})
    small = client.get(url("thumbnail", attachment))
    assert Image.open(io.BytesIO(body(small))).size == (213, 320)


def test_the_original_with_its_place_is_gone_from_the_store(
    park_unit, member, run_jobs, django_capture_on_commit_callbacks
):
    added(park_unit, member, files.photo_with_place(), "a.jpg")
    with django_capture_on_commit_callbacks(execute=True):
        run_jobs()
    roles = sorted(StoredFile.objects.values_list("role", flat=True))
    assert roles == ["display", "thumbnail"]
    store = storages["attachments"]
    contents = [store.open(name).read() for name in stored_names()]
    assert [b"SECRET" in content for content in contents] == [False, False]
    assert (domain.missing_files(), domain.damaged_files(), domain.orphan_files(timedelta())) == ([], [], [])


def test_redrawing_twice_changes_nothing(park_unit, member, run_jobs):
    attachment = added(park_unit, member, files.picture("PNG"), "a.png")
    run_jobs()
    before = list(StoredFile.objects.values_list("stored_name", flat=True))
    domain.redraw(attachment.pk)
    assert list(StoredFile.objects.values_list("stored_name", flat=True)) == before


def test_of_two_runs_at_once_the_second_leaves_nothing_behind(park_unit, member, monkeypatch):
    attachment = added(park_unit, member, files.picture("PNG"), "a.png")
    real = images.redraw

    def slow(*args, **kwargs):
        monkeypatch.setattr(images, "redraw", real)
        domain.redraw(attachment.pk)
        return real(io.BytesIO(files.picture("PNG")), max_pixels=25_000_000)

    monkeypatch.setattr(images, "redraw", slow)
    domain.redraw(attachment.pk)
    known = set(StoredFile.objects.values_list("stored_name", flat=True))
    assert (len(known), known <= set(stored_names())) == (2, True)
    # The dropped original waits for the commit, which a test never reaches.
    assert len(stored_names()) == 3


def test_the_death_of_the_child_is_an_answer(park_unit, member, monkeypatch, run_jobs, as_user):
    attachment = added(park_unit, member, files.picture("PNG"), "a.png")

    def dies(command, timeout, epitaphs):
        raise child.Died(epitaphs.of(-9))

    monkeypatch.setattr(child, "run", dies)
    assert run_jobs() == 1
    attachment.refresh_from_db()
    assert (attachment.state, attachment.reason) == ("refused", images.TOO_SLOW)
    assert Job.objects.get().state == JobState.DONE
    assert StoredFile.objects.count() == 0
    assert as_user(member).get(url("download", attachment)).status_code == 404
    assert images.TOO_SLOW in as_user(member).get(list_url(park_unit)).content.decode()
    sentence = Activity.objects.about(park_unit).first().sentence
    assert sentence == f"附件“a.png”未通过检查：{images.TOO_SLOW}"


def test_a_picture_with_a_page_behind_it_loses_the_page(park_unit, member, as_user, run_jobs):
    attachment = added(
        park_unit, member, files.picture("PNG") + files.HTML + files.zip_of("a.class"), "a.png"
    )
    run_jobs()
    drawn = body(as_user(member).get(url("download", attachment)))
    assert (b"<script>" in drawn, b"PK\x03\x04" in drawn) == (False, False)


def test_a_long_animation_becomes_one_picture(park_unit, member, as_user, run_jobs):
    attachment = added(park_unit, member, files.animation(500), "a.gif")
    run_jobs()
    handed = as_user(member).get(url("download", attachment))
    drawn = Image.open(io.BytesIO(body(handed)))
    assert (handed["Content-Type"], getattr(drawn, "n_frames", 1), drawn.size) == ("image/png", 1, (64, 64))


def test_the_list_shows_states_and_watches_while_something_is_redrawn(park_unit, member, as_user, run_jobs):
    added(park_unit, member, files.picture("PNG"), "平面图.png")
    client = as_user(member)
    page = client.get(list_url(park_unit)).content.decode()
    assert ("处理中" in page, 'hx-trigger="every 4s"' in page) == (True, True)
    run_jobs()
    fragment = client.get(list_url(park_unit), headers={"HX-Request": "true"}).content.decode()
    assert ("every 4s" in fragment, "<html" in fragment, "平面图.png" in fragment) == (False, False, True)


def test_names_are_text_and_never_markup(park_unit, member, as_user):
    Attachment.objects.filter(pk=added(park_unit, member).pk).update(name="<img src=x>.pdf")
    page = as_user(member).get(list_url(park_unit)).content.decode()
    assert ("<img src=x>" in page, "&lt;img src=x&gt;.pdf" in page) == (False, True)


def test_thirty_files_cost_as_many_queries_as_one(park_unit, secretary, as_user, queries):
    client = as_user(secretary)

    def cost():
        client.get(list_url(park_unit))
        with queries() as captured:
            assert client.get(list_url(park_unit)).status_code == 200
        return len(captured)

    added(park_unit, secretary)
    one = cost()
    for _ in range(29):
        added(park_unit, secretary)
    assert cost() == one
