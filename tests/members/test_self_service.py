"""A unit's own people keep its page: parks, files, pictures, contacts, and what they find on top of it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from association.choices import AttachmentState
from association.errors import Refused
from association.models import Activity, Attachment
from members import photos
from members.domain import contacts, memberships, parks, profile_changes
from members.domain import photos as domain
from members.models import ContactRole, Park
from tests.factories import files as made
from tests.factories import make_organization, make_user
from tests.factories.attachments import send, upload, url
from tests.forms import errors, filled
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(park_unit):
    return make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def clerk(park_unit):
    return make_user("钱经办", "clerk@test.cn", organization=park_unit, duty="clerk")


@pytest.fixture
def park(park_unit):
    return park_unit.parks.get()


def address(name, *records):
    return reverse(f"members:{name}", args=[record.pk for record in records])


def jpeg(name="照片.jpg", colour="red"):
    return upload(made.picture(size=(60, 40), colour=colour), name, "image/jpeg")


def sentences(unit):
    return [a.sentence for a in Activity.objects.about(unit)]


# --- parks and profile ----------------------------------------------------------------------------------------


def test_the_manager_edits_and_adds_parks(manager, park_unit, park, as_user):
    client = as_user(manager)
    page = client.get(address("park_edit", park))
    client.post(address("park_edit", park), filled(page, address="新路 8 号"))
    park.refresh_from_db()
    assert park.address == "新路 8 号"
    data = {"name": "二园", "district": "110108"}
    assert client.post(address("park_add", park_unit), data).status_code == 303
    assert list(park_unit.parks.values_list("name", "is_main")) == [(park.name, True), ("二园", False)]
    assert sentences(park_unit)[:2] == ["新增园区“二园”", f"修改园区“{park.name}”：详细地址"]


def test_rentable_beyond_built_says_both_numbers(manager, park, as_user):
    client = as_user(manager)
    page = client.get(address("park_edit", park))
    answer = client.post(address("park_edit", park), filled(page, rentable_area="30000.5"))
    assert errors(answer) == {
        "rentable_area": ["可出租面积 30,000.5 ㎡ 不应大于建筑面积 30,000 ㎡，请核对这两个数。"]
    }


def test_what_stays_with_the_secretariat(manager, park_unit, park, as_user):
    client = as_user(manager)
    second = parks.add_park(park_unit, by=None, name="二园", district="110108")
    answers = [
        client.post(address("park_main", second)).status_code,
        client.get(address("recognition_add", park)).status_code,
        client.get(address("name_add", park_unit)).status_code,
        client.get(address("leave", park_unit)).status_code,
        client.get(address("post_add", park_unit)).status_code,
    ]
    assert answers == [403] * 5


def test_clerks_liaisons_and_other_units_change_nothing(
    clerk, member, other_member, park_unit, park, as_user
):
    pages = [
        ("organization_edit", park_unit),
        ("park_edit", park),
        ("park_photos", park),
        ("park_add", park_unit),
    ]
    answers = {
        p: [as_user(p).get(address(*page)).status_code for page in pages]
        for p in (clerk, member, other_member)
    }
    assert answers == {clerk: [403] * 4, member: [403] * 4, other_member: [404] * 4}


@pytest.mark.parametrize("ending", ["duty", "membership"])
def test_the_right_ends_with_the_duty_or_the_membership(ending, manager, park_unit, park, as_user):
    client, today = as_user(manager), timezone.localdate()
    assert client.get(address("park_edit", park)).status_code == 200
    if ending == "duty":
        ContactRole.objects.filter(contact__user=manager).update(until=today)
    else:
        memberships.leave(park_unit, by=None, on=today, reason="withdrawal", basis="申请")
    status = {"duty": 404, "membership": 403}[ending]
    assert client.get(address("park_edit", park)).status_code == status
    assert client.post(address("organization_edit", park_unit), {"name": "改名"}).status_code == status


# --- contacts -------------------------------------------------------------------------------------------------


def test_the_manager_corrects_data_of_own_people(manager, park_unit, as_user):
    person = park_unit.contact_roles.get(duty="liaison").contact
    client = as_user(manager)
    page = client.get(address("contact_edit", park_unit, person))
    data = filled(page, name="赵联络员", mobile="138 1111 2222")
    assert client.post(address("contact_edit", park_unit, person), data).status_code == 303
    person.refresh_from_db()
    assert (person.name, person.mobile) == ("赵联络员", "13811112222")


def test_people_who_serve_elsewhere_or_have_left_are_not_theirs_to_correct(
    manager, park_unit, other_unit, as_user
):
    person = park_unit.contact_roles.get(duty="liaison").contact
    contacts.assign_duty(other_unit, person, by=None, duty="finance")
    assert as_user(manager).get(address("contact_edit", park_unit, person)).status_code == 403
    left = contacts.add_contact(park_unit, by=None, duty="publicity", name="旧同事")
    ContactRole.objects.filter(contact=left).update(until=timezone.localdate())
    assert as_user(manager).get(address("contact_edit", park_unit, left)).status_code == 403


# --- files ----------------------------------------------------------------------------------------------------


def test_the_manager_adds_papers_and_removes_only_their_own(manager, secretary, park_unit, park, as_user):
    client = as_user(manager)
    assert send(client, park_unit).status_code == 303
    assert send(client, park, upload(name="认定.pdf"), kind="证明材料").status_code == 303
    assert "认定.pdf" in client.get(address("park_photos", park)).content.decode()
    assert send(as_user(secretary), park_unit, upload(name="章程.pdf")).status_code == 303
    own, theirs = [Attachment.objects.about(park_unit).get(name=n) for n in ("营业执照.pdf", "章程.pdf")]
    text = client.get(address("organization_files", park_unit)).content.decode()
    assert (url("detach", own) in text, url("detach", theirs) in text) == (True, False)
    assert client.post(url("detach", theirs)).status_code == 403
    assert client.post(url("detach", own)).status_code == 303
    assert [a.name for a in Attachment.objects.about(park_unit)] == ["章程.pdf"]


def test_pictures_of_a_park_come_by_their_own_door(manager, park, as_user):
    assert send(as_user(manager), park, kind="标识").status_code == 422
    assert Attachment.objects.count() == 0


# --- logo and photographs -------------------------------------------------------------------------------------


def test_three_photos_at_once_the_first_is_the_cover(manager, park_unit, park, as_user, run_jobs):
    client = as_user(manager)
    sent = {"photos": [jpeg(f"{n}.jpg") for n in (1, 2, 3)]}
    answer = client.post(address("photos_add", park), sent, follow=True)
    assert [w in answer.content.decode() for w in ("已上传 3 张照片", "处理中…", "every 3s")] == [True] * 3
    assert photos.photos_of(park) == []
    run_jobs()
    assert [p.name for p in photos.photos_of(park)] == ["1.jpg", "2.jpg", "3.jpg"]
    assert [p.kind for p in photos.photos_of(park)] == ["封面", "照片", "照片"]
    page = client.get(address("park_photos", park)).content.decode()
    assert ("处理中…" in page, "every 3s" in page, page.count("设为封面")) == (False, False, 2)
    assert f"给园区“{park.name}”上传 3 张照片" in sentences(park_unit)
    shown = client.get(address("organization_parks", park_unit)).content.decode()
    assert [f"{park.name}的照片 {n}" in shown for n in (1, 2, 3, 4)] == [True] * 3 + [False]


def test_another_photo_becomes_the_cover(manager, park_unit, park, as_user, run_jobs):
    domain.add_photos(park, [jpeg(f"{n}.jpg") for n in (1, 2, 3)], by=manager)
    run_jobs()
    third, client = photos.photos_of(park)[2], as_user(manager)
    there = reverse("members:photo_cover", args=[third.key])
    assert client.get(there).status_code == 405
    assert [client.post(there).status_code for _ in range(2)] == [303, 303]
    assert [p.name for p in photos.photos_of(park)] == ["3.jpg", "1.jpg", "2.jpg"]
    assert sentences(park_unit).count(f"更换园区“{park.name}”的封面照片") == 1
    assert photos.covers_of([park]) == {park.pk: third}


def test_a_photo_that_is_gone_is_no_cover(manager, park, run_jobs):
    (photo,) = domain.add_photos(park, [jpeg()], by=manager)
    with pytest.raises(Refused, match="还没有处理好"):
        domain.make_cover(photo, by=manager)
    run_jobs()
    Attachment.objects.filter(pk=photo.pk).update(removed_at=timezone.now())
    with pytest.raises(Refused, match="已被移除"):
        domain.make_cover(photo, by=manager)


def test_a_new_logo_takes_the_place_of_the_old_one(manager, park, as_user, run_jobs):
    client = as_user(manager)
    for name in ("旧.png", "新.png"):
        picture = upload(made.picture("PNG", size=(40, 40), colour="blue"), name, "image/png")
        assert client.post(address("park_logo", park), {"logo": picture}).status_code == 303
        run_jobs()
    assert photos.logo_of(park).name == "新.png"
    assert Attachment.objects.about(park).count() == 1


def test_twenty_photos_are_the_most(manager, park, as_user):
    domain.add_photos(park, [jpeg() for _ in range(19)], by=manager)
    answer = as_user(manager).post(address("photos_add", park), {"photos": [jpeg(), jpeg()]})
    assert answer.status_code == 422
    assert "每个园区最多 20 张照片，已有 19 张，还可以上传 1 张。" in answer.content.decode()
    domain.add_photos(park, [jpeg()], by=manager)
    assert (
        "已有 20 张，移除几张才能再上传。"
        in as_user(manager).get(address("park_photos", park)).content.decode()
    )


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (lambda: upload(made.PDF, "资料.pdf"), "“资料.pdf”不是图片。"),
        (lambda: upload(made.SVG, "标识.svg"), "“标识.svg”："),
        (lambda: upload(made.HTML, "网页.jpg"), "“网页.jpg”："),
        (lambda: upload(b"", "空.jpg"), "文件是空的"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(file, sentence, manager, park, as_user):
    answer = as_user(manager).post(address("photos_add", park), {"photos": [jpeg(), file()]})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    answer = as_user(manager).post(address("park_logo", park), {"logo": file()})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert Attachment.objects.count() == 0


def test_pictures_of_many_parks_cost_one_look(manager, park_unit, park, run_jobs, queries):
    second = parks.add_park(park_unit, by=None, name="二园", district="110108")
    for each in (park, second):
        domain.add_photos(each, [jpeg()], by=manager)
    run_jobs()
    with queries() as captured:
        assert set(photos.covers_of([park, second])) == {park.pk, second.pk}
    assert len(captured) == 2


def test_a_photo_of_another_unit_is_not_theirs(manager, other_unit, as_user, run_jobs):
    foreign = other_unit.parks.get()
    (photo,) = domain.add_photos(foreign, [jpeg()], by=None)
    run_jobs()
    assert as_user(manager).post(reverse("members:photo_cover", args=[photo.key])).status_code == 404
    assert as_user(manager).get(url("thumbnail", photo)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_stay_within_the_limit_and_one_cover():
    unit = make_organization("单位", park="甲园", people=False)
    park = Park.objects.get(organization=unit)
    domain.add_photos(park, [jpeg() for _ in range(18)], by=None)
    results = at_once(*[lambda: domain.add_photos(park, [jpeg(), jpeg()], by=None)] * 2)
    assert sorted(type(r).__name__ for r in results) == ["Refused", "list"]
    assert Attachment.objects.about(park).count() == 20
    assert Attachment.objects.about(park).filter(kind=photos.COVER).count() == 1


def test_a_refused_picture_leaves_room(manager, park):
    added = domain.add_photos(park, [jpeg() for _ in range(20)], by=manager)
    Attachment.objects.filter(pk=added[0].pk).update(state=AttachmentState.REFUSED, reason="图片损坏")
    assert len(domain.add_photos(park, [jpeg()], by=manager)) == 1


# --- what stands on top of the page ---------------------------------------------------------------------------


def panel(client, unit):
    return client.get(address("organization", unit)).context.get("keeper")


def test_the_manager_finds_what_is_missing_next_and_what_waits(manager, park_unit, park, as_user):
    client = as_user(manager)
    found = panel(client, park_unit)
    assert (found["measured"].next.key, found["next_url"]) == (
        "phone",
        address("organization_edit", park_unit),
    )
    unit = park_unit
    unit.refresh_from_db()
    profile_changes.save_profile(unit, by=manager, version=unit.version, changes={"name": "新名文化有限公司"})
    text = client.get(address("organization", park_unit)).content.decode()
    assert [w in text for w in ("我来维护", "资料完整度", "1 项修改待协会审核", "变更会员代表")] == [True] * 4


def test_others_find_nothing_there(secretary, member, clerk, park_unit, as_user):
    assert [panel(as_user(p), park_unit) for p in (secretary, member, clerk)] == [None] * 3


def test_a_reporter_finds_the_form_of_the_year_only(park_unit, as_user):
    reporter = make_user("周填报", "reporter@test.cn", organization=park_unit, duty="reporter")
    text = as_user(reporter).get(address("organization", park_unit)).content.decode()
    assert ("填年度数据" in text, "编辑单位资料" in text, "资料完整度" in text) == (True, False, False)


def test_the_page_costs_the_same_with_many_parks_and_pictures(
    manager, park_unit, park, as_user, queries, run_jobs
):
    client = as_user(manager)

    def cost(name):
        client.get(address(name, park_unit))
        with queries() as captured:
            assert client.get(address(name, park_unit)).status_code == 200
        return len(captured)

    def fill(numbers):
        for number in numbers:
            each = parks.add_park(park_unit, by=None, name=f"园{number}", district="110108")
            domain.add_photos(each, [jpeg()], by=None)
        run_jobs()

    fill([0])
    before = [cost("organization"), cost("organization_parks")]
    fill(range(1, 6))
    assert [cost("organization"), cost("organization_parks")] == before
