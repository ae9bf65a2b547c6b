"""The picture of an event: set, described, replaced, taken off; shown to whoever may know of the event."""

import pytest
from django.test import Client
from django.urls import reverse

from association import integrity
from association.choices import AttachmentState
from association.errors import Refused
from association.models import Activity, Attachment
from events import covers
from events.domain import covers as domain
from events.domain import events
from events.models import Cover
from tests.factories import files
from tests.factories.attachments import upload
from tests.factories.happenings import make_event, make_series
from tests.factories.pictures import ready_picture
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(secretary, secretary_general):
    return make_event(
        make_series(by=secretary), by=secretary, stand="published", submitter=secretary, approver=secretary_general,
        audience="public",
    )  # fmt: skip


def picture(name="封面.jpg"):
    return upload(files.picture(), name)


def covered(event, by, alt="报告厅"):
    return Cover.objects.create(event=event, picture=ready_picture(event, by, kind="封面"), alt=alt)


def sentences(event):
    found = Activity.objects.about(event).filter(kind__startswith="events.cover").order_by("pk")
    return [activity.sentence for activity in found]


def url(name, event):
    return reverse(f"events:{name}", args=[event.pk])


def public(event):
    return Client().get(reverse("activities:activity", args=[event.pk])).content.decode()


def address(event, key, name="cover"):
    return reverse(f"activities:{name}", args=[event.pk, key])


# --- the verbs --------------------------------------------------------------------------------------------------
def test_a_cover_is_an_attachment_and_the_next_one_takes_its_place(event, secretary):
    first = domain.set_cover(event, picture(), by=secretary, alt="一").picture
    second = domain.set_cover(event, picture(), by=secretary, alt="二")
    assert (second.alt, second.version, second.picture.kind) == ("二", 2, "封面")
    assert Attachment.objects.get(pk=first.pk).removed_by == secretary
    assert sentences(event) == ["设置文科汇第1期的封面", "更换文科汇第1期的封面"]


def test_what_is_no_picture_is_refused_and_the_former_stays(event, secretary):
    former = covered(event, secretary)
    with pytest.raises(Refused, match="不是图片"):
        domain.set_cover(event, upload(), by=secretary, alt="一")
    assert covers.of([event]) == {event.pk: former}


def test_the_words_alone_may_change(event, secretary):
    with pytest.raises(Refused, match="还没有封面"):
        domain.describe_cover(event, by=secretary, alt="一")
    covered(event, secretary, alt="一")
    for alt in ("二", "二"):
        domain.describe_cover(event, by=secretary, alt=alt)
    assert (Cover.objects.get().alt, sentences(event)) == ("二", ["修改文科汇第1期封面的说明"])


def test_taking_it_off_twice_changes_nothing(event, secretary):
    covered(event, secretary)
    for _ in range(2):
        domain.remove_cover(event, by=secretary)
    assert (Cover.objects.count(), sentences(event)) == (0, ["取下文科汇第1期的封面"])
    assert Attachment.objects.present().count() == 0


def test_it_may_be_set_when_the_event_is_archived_or_off(event, secretary):
    events.cancel(event, by=secretary, reason="场地另有安排")
    assert domain.set_cover(event, picture(), by=secretary, alt="一").event == event


def test_only_a_cover_that_is_ready_and_was_not_removed_is_shown(event, secretary):
    cover = covered(event, secretary)
    for values in (
        {"state": AttachmentState.PROCESSING},
        {"state": AttachmentState.READY, "removed_by": secretary},
    ):
        Attachment.objects.filter(pk=cover.picture_id).update(**values)
        if "removed_by" in values:
            domain.attachments.remove(cover.picture, by=secretary)
        assert covers.of([event]) == {}
        assert "og:image" not in public(event)


@pytest.mark.django_db(transaction=True)
def test_two_who_set_it_at_once_leave_one(event, secretary):
    at_once(*[lambda alt=alt: domain.set_cover(event, picture(), by=secretary, alt=alt) for alt in "一二"])
    assert (Cover.objects.count(), Attachment.objects.present().count()) == (1, 1)


def test_a_cover_that_hangs_elsewhere_is_noticed(event, secretary):
    cover = covered(event, secretary)
    key = "events.covers_of_their_event"
    assert [f.offenders for f in integrity.verify(only=[key])] == [[]]
    Attachment.objects.filter(pk=cover.picture_id).update(kind="照片")
    assert [f.offenders for f in integrity.verify(only=[key])] == [[f"封面 {cover.pk}"]]


# --- the pages ----------------------------------------------------------------------------------------------------
def test_a_secretary_sets_describes_and_takes_off(event, secretary, as_user, run_jobs):
    client = as_user(secretary)
    assert client.post(url("cover", event), {"alt": "一"}).status_code == 422
    given = {"picture": picture(), "alt": "报告厅"}
    assert client.post(url("cover", event), given).status_code == 303
    assert "封面处理中" in client.get(url("event", event)).content.decode()
    run_jobs()
    assert 'alt="报告厅"' in client.get(url("event", event)).content.decode()
    assert client.post(url("cover", event), {"alt": "报告厅里"}).status_code == 303
    assert 'alt="报告厅里"' in client.get(url("cover", event)).content.decode()
    answer = client.post(url("cover", event), {"picture": upload(), "alt": "一"})
    assert (answer.status_code, "不是图片" in answer.content.decode()) == (422, True)
    assert client.post(url("cover_remove", event)).status_code == 303
    assert Cover.objects.count() == 0


def test_it_stands_on_public_pages_and_in_the_sharing_card(event, secretary):
    assert "og:image" not in public(event)
    cover = covered(event, secretary)
    page = public(event)
    assert f'property="og:image" content="http://testserver{address(event, cover.picture.key)}"' in page
    assert 'property="og:image:alt" content="报告厅"' in page
    listed = Client().get(reverse("activities:activities")).content.decode()
    assert address(event, cover.picture.key, "cover_thumbnail") in listed


def test_its_public_address_ends_with_it(event, secretary):
    cover = covered(event, secretary)
    visitor = Client()
    for name, content in (("cover", b"jpg display"), ("cover_thumbnail", b"jpg thumbnail")):
        answer = visitor.get(address(event, cover.picture.key, name))
        assert (b"".join(answer.streaming_content), answer["Cache-Control"]) == (
            content, "public, max-age=86400, immutable",
        )  # fmt: skip
    other = ready_picture(event, secretary, kind="照片")
    assert visitor.get(address(event, other.key)).status_code == 404
    domain.remove_cover(event, by=secretary)
    assert visitor.get(address(event, cover.picture.key)).status_code == 404


def test_an_event_for_members_shows_its_cover_to_no_visitor(event, secretary, member, as_user):
    cover = covered(event, secretary)
    type(event).objects.filter(pk=event.pk).update(audience="members")
    assert Client().get(address(event, cover.picture.key)).status_code == 404
    assert 'alt="报告厅"' in as_user(member).get(url("event", event)).content.decode()


def test_the_list_costs_the_same_with_many_covers(event, secretary, queries):
    def cost():
        with queries() as captured:
            Client().get(reverse("activities:activities"))
        return len(captured)

    covered(event, secretary)
    few = cost()
    for _ in range(5):
        covered(make_event(event.series, audience="public"), secretary)
    type(event).objects.update(approved_at=event.approved_at, submitted_at=event.submitted_at)
    assert (cost(), few <= 20) == (few, True)
