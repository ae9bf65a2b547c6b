"""Telling people: one notice each in the inbox, letters and text messages beside it as they wish."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from association import notices as registry
from association.choices import Channel, DeliveryState
from association.domain import inbox, outbox
from association.domain.activities import verb
from association.domain.notices import Outsider, Telling, key_of, notify, notify_each, notify_many
from association.models import Delivery, Notice, NoticePreference, User
from tests.factories import make_user
from tests.races import at_once

TEXT = "入会申请已通过\n\n{{ unit }} 的入会申请已通过。\n\n\n\n请登录查看。"
SMS = "贵单位{{ unit }}入会申请已通过，请登录协会系统查看。"


@pytest.fixture
def joined(tellable):
    return tellable("test.joined", TEXT, label="入会结果", wording=SMS)


@pytest.fixture
def people(db):
    return [make_user(f"张三{n}", f"person{n}@test.cn") for n in range(3)]


def with_mobile(user, number="13800000001"):
    User.objects.filter(pk=user.pk).update(mobile=number, mobile_verified_at=timezone.now())
    user.refresh_from_db()
    return user


def channels_of(user):
    return sorted(Delivery.objects.filter(user=user).values_list("channel", flat=True))


# --- what is written ----------------------------------------------------------------------------------------


def test_each_person_gets_one_notice_and_one_letter(joined, people):
    notify([*people, people[0]], joined, url="/today/", unit="莱锦")
    rows = list(
        Notice.objects.order_by("recipient_id").values_list("recipient_id", "kind", "title", "body", "url")
    )
    body = "莱锦 的入会申请已通过。\n\n请登录查看。"
    assert rows == [(p.pk, joined, "入会申请已通过", body, "/today/") for p in people]
    letter = Delivery.objects.get(user=people[1])
    assert (letter.channel, letter.address, letter.state) == (
        "email",
        "person1@test.cn",
        DeliveryState.QUEUED,
    )
    assert letter.subject == "【北京文化产业园区协会】入会申请已通过"
    assert letter.text.split("\n\n")[:4] == [
        "张三1，您好：",
        "莱锦 的入会申请已通过。",
        "请登录查看。",
        "http://127.0.0.1:8000/today/",
    ]
    assert letter.notice.recipient == people[1]


def test_a_title_alone_is_a_text_too(tellable, people):
    notify(people[:1], tellable("test.short", "已归档"))
    assert Notice.objects.get().body == ""
    assert Delivery.objects.get().text.startswith("张三0，您好：\n\n已归档\n\n")


def test_the_notice_remembers_what_it_is_about(joined, people, park_unit):
    notice = notify(people[:1], joined, about=park_unit, unit="莱锦")[0]
    assert Notice.objects.get(pk=notice.pk).about == park_unit


def test_markup_of_a_name_stays_text_and_is_not_escaped(joined, people):
    notify(people[:1], joined, unit="<b>A&B</b>{{ 1 }}")
    assert Notice.objects.get().body.startswith("<b>A&B</b>{{ 1 }} 的入会")


def test_a_closed_account_is_told_nothing(joined, people):
    people[0].is_active = False
    people[0].save()
    notify(people[:1], joined, unit="莱锦")
    assert (Notice.objects.count(), Delivery.objects.count()) == (0, 0)


def test_who_has_no_address_finds_it_in_the_inbox(joined, db):
    user = make_user("李四", None, mobile="13800000009")
    notify([user], joined, unit="莱锦")
    assert (Notice.objects.count(), channels_of(user)) == (1, [])


def test_a_text_message_goes_to_a_number_that_was_verified(joined, people):
    with_mobile(people[0])
    User.objects.filter(pk=people[1].pk).update(mobile="13800000002")
    people[1].refresh_from_db()
    notify(people[:2], joined, unit="莱锦")
    assert (channels_of(people[0]), channels_of(people[1])) == (["email", "sms"], ["email"])
    message = Delivery.objects.get(channel=Channel.SMS)
    assert (message.template, message.values) == (joined, {"unit": "莱锦"})
    assert message.text == "【北京文化园区协会】贵单位莱锦入会申请已通过，请登录协会系统查看。"


def test_a_long_value_is_shortened_until_the_text_message_fits(joined, people):
    with_mobile(people[0])
    notify(people[:1], joined, unit="演示数字文化创意与影视后期制作科技产业融合发展示范园区（二期）")
    message = Delivery.objects.get(channel=Channel.SMS)
    assert message.values == {"unit": "演示数字文化创意与影视后期制作科技产业…"}


def test_a_text_message_that_no_carrier_takes_does_not_stop_the_notice(tellable, people):
    with_mobile(people[0])
    kind = tellable("test.long", "标题", wording="很长" * 40 + "{{ unit }}")
    notify(people[:1], kind, unit="莱锦")
    assert (Notice.objects.count(), channels_of(people[0])) == (1, ["email"])


def test_without_a_gateway_no_text_message_is_written(joined, people, settings):
    settings.DEMO, settings.SMS_GATEWAY_URL = False, ""
    with_mobile(people[0])
    notify(people[:1], joined, unit="莱锦")
    assert channels_of(people[0]) == ["email"]


def test_the_name_of_the_recipient_may_stand_in_the_text(tellable, people):
    kind = tellable(
        "test.personal",
        "{{ recipient }}的职责\n\n{{ recipient.full_name }}：已确认。",
        wording="{{ recipient }}您好，已确认。",
    )
    with_mobile(people[0])
    with_mobile(people[1], "13800000002")
    notify(people[:2], kind)
    assert sorted(Notice.objects.values_list("title", flat=True)) == ["张三0的职责", "张三1的职责"]
    assert sorted(Delivery.objects.filter(channel="sms").values_list("text", flat=True)) == [
        "【北京文化园区协会】张三0您好，已确认。",
        "【北京文化园区协会】张三1您好，已确认。",
    ]


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "today/", "/\\evil.example", "/" + "x" * 300]
)
def test_a_notice_leads_only_to_pages_of_ours(joined, people, url):
    with pytest.raises(ValueError, match="本系统"):
        notify(people, joined, url=url, unit="莱锦")
    assert Notice.objects.count() == 0


def test_an_unregistered_kind_is_refused(people):
    with pytest.raises(KeyError, match="没有登记"):
        notify(people, "test.nobody")


def test_a_verb_undone_tells_nobody(joined, people):
    @verb
    def fail():
        notify(people, joined, unit="莱锦")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (Notice.objects.count(), Delivery.objects.count()) == (0, 0)


# --- once ---------------------------------------------------------------------------------------------------


def test_with_a_key_each_person_is_told_once(joined, people, park_unit, other_unit):
    for about, key in (
        (park_unit, "2026-12-01"),
        (park_unit, "2026-12-01"),
        (other_unit, "2026-12-01"),
        (park_unit, "2026-12-02"),
    ):
        notify(people[:2], joined, about=about, key=key, unit="莱锦")
    notify(people, joined, about=park_unit, key="2026-12-01", unit="莱锦")
    told = list(Notice.objects.order_by("pk").values_list("recipient_id", "object_id"))
    first, second, third = (p.pk for p in people)
    assert told == [
        *((p, park_unit.pk) for p in (first, second)),
        *((p, other_unit.pk) for p in (first, second)),
        *((p, park_unit.pk) for p in (first, second)),
        (third, park_unit.pk),
    ]
    assert Delivery.objects.count() == len(told)


def test_without_a_key_each_call_tells_again(joined, people):
    for _ in range(2):
        notify(people[:1], joined, unit="莱锦")
    assert Notice.objects.count() == 2


def test_the_database_holds_the_key_too(joined, people):
    notify(people[:1], joined, key="x", unit="莱锦")
    twin = Notice.objects.get()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_tell_once(joined):
    people = [make_user(f"张三{n}", f"person{n}@test.cn") for n in range(3)]

    def remind():
        return len(notify(people, joined, key="2026-12-01", unit="莱锦"))

    assert sorted(at_once(remind, remind)) == [0, 3]
    assert (Notice.objects.count(), Delivery.objects.count()) == (3, 3)


# --- wishes -------------------------------------------------------------------------------------------------


def decline(user, subject, channel, wanted=False):
    NoticePreference.objects.create(user=user, subject=subject, channel=channel, wanted=wanted)


def test_who_declined_a_group_still_finds_it_in_the_inbox(joined, people):
    with_mobile(people[0])
    decline(people[0], "测试", "email")
    notify(people[:1], joined, unit="莱锦")
    assert (Notice.objects.count(), channels_of(people[0])) == (1, ["sms"])


def test_a_choice_for_one_kind_counts_more_than_the_one_for_its_group(joined, people):
    decline(people[0], "测试", "email")
    decline(people[0], joined, "email", wanted=True)
    decline(people[1], joined, "email")
    notify(people, joined, unit="莱锦")
    assert [channels_of(p) for p in people] == [["email"], [], ["email"]]


def test_what_the_charter_asks_for_cannot_be_declined(tellable, people):
    kind = tellable("test.law", "表决通知\n\n请表决。", statutory=True)
    decline(people[0], "测试", "email")
    decline(people[0], kind, "email")
    notify(people[:1], kind)
    assert channels_of(people[0]) == ["email"]


# --- cost ---------------------------------------------------------------------------------------------------


def test_a_thousand_people_cost_as_many_queries_as_three(joined, people, queries):
    def cost(recipients):
        notify(recipients, joined, unit="莱锦")
        with queries() as captured:
            notify(recipients, joined, unit="莱锦")
        return len(captured)

    few = cost(people)
    User.objects.bulk_create(User(email=f"many{n}@test.cn", full_name=f"张{n}") for n in range(997))
    assert cost(list(User.objects.all())) == few <= 8


@pytest.mark.django_db
def test_very_many_are_told_in_chunks_from_the_database(joined, monkeypatch, queries):
    monkeypatch.setattr("association.domain.notices.CHUNK", 10)
    User.objects.bulk_create(User(email=f"many{n}@test.cn", full_name=f"张{n}") for n in range(25))
    with queries() as captured:
        assert notify_many(User.objects.filter(email__startswith="many"), joined, unit="莱锦") == 25
    assert (Notice.objects.count(), Delivery.objects.count()) == (25, 25)
    assert sum("INSERT" in q["sql"] for q in captured) == 6


# --- many different things at once ---------------------------------------------------------------------------


def each(people, units, key="2026-12-01", outsiders=()):
    """Each person told of the unit at the same place, each outsider of the first."""
    rows = [
        Telling([p], about=u, key=key, context={"unit": u.name}) for p, u in zip(people, units, strict=True)
    ]
    return [*rows, Telling(outsiders=outsiders, about=units[0], key=key, context={"unit": units[0].name})]


def test_each_is_told_their_own(joined, people, park_unit, other_unit):
    told = notify_each([*each(people[:2], [park_unit, other_unit]), Telling([people[0]])][:2], joined)
    rows = Notice.objects.order_by("recipient_id").values_list("recipient_id", "object_id", "body", "key")
    assert (told, list(rows)) == (2, [
        (people[0].pk, park_unit.pk, f"{park_unit} 的入会申请已通过。\n\n请登录查看。", key_of(joined, park_unit, "2026-12-01")),
        (people[1].pk, other_unit.pk, f"{other_unit} 的入会申请已通过。\n\n请登录查看。", key_of(joined, other_unit, "2026-12-01")),
    ])  # fmt: skip
    letters = Delivery.objects.order_by("user_id").values_list("user_id", "notice__recipient_id")
    assert list(letters) == [(p.pk, p.pk) for p in people[:2]]


def test_each_is_told_once_a_key_also_within_one_call_and_beside_notify(
    joined, people, park_unit, other_unit
):
    rows = each(people[:2], [park_unit, other_unit], outsiders=[Outsider("李四", "li@test.cn")])
    assert [notify_each([*rows, *rows], joined), notify_each(rows, joined)] == [3, 0]
    notify(people[:2], joined, about=park_unit, key="2026-12-01", unit="莱锦")
    told = Notice.objects.order_by("pk").values_list("recipient_id", "object_id")
    assert list(told) == [
        (people[0].pk, park_unit.pk), (people[1].pk, other_unit.pk), (people[1].pk, park_unit.pk),
    ]  # fmt: skip
    assert Delivery.objects.filter(user=None).count() == 1


def test_without_a_key_each_call_tells_again_by_many_too(joined, people):
    for _ in range(2):
        notify_each([Telling(people[:2], context={"unit": "莱锦"})], joined)
    assert Notice.objects.count() == 4


def test_an_outsider_gets_a_letter_and_a_text_message_of_the_same_words(joined, db):
    wang = Outsider("王五", "Wang@test.cn", "13800000007")
    notify_each([Telling(outsiders=[wang, Outsider("无")], context={"unit": "莱锦"}, url="/today/")], joined)
    letter, message = Delivery.objects.order_by("channel")
    assert (letter.address, letter.user, letter.notice, letter.kind) == ("wang@test.cn", None, None, joined)
    assert letter.text.startswith("王五，您好：\n\n莱锦 的入会申请已通过。")
    assert "http" not in letter.text
    assert message.text == "【北京文化园区协会】贵单位莱锦入会申请已通过，请登录协会系统查看。"


def test_a_closed_account_and_a_wish_count_for_each_too(joined, people):
    User.objects.filter(pk=people[0].pk).update(is_active=False)
    decline(people[1], "测试", "email")
    found = list(User.objects.order_by("pk"))
    assert notify_each([Telling(found, context={"unit": "莱锦"})], joined) == 2
    assert Delivery.objects.get().user == people[2]


def test_a_letter_with_a_key_is_posted_once(db):
    first, again = (
        outbox.post_mail(to="a@test.cn", subject="标题", text=text, kind="test.x", key="1") for text in "甲乙"
    )
    other = outbox.post_mail(to="b@test.cn", subject="标题", text="甲", kind="test.x", key="1")
    assert (first == again, again.text, other != first, Delivery.objects.count()) == (True, "甲", True, 2)


def test_a_thousand_different_things_cost_five_queries(joined, park_unit, queries):
    User.objects.bulk_create(User(email=f"many{n}@test.cn", full_name=f"张{n}") for n in range(1000))
    people = list(User.objects.filter(email__startswith="many"))

    def cost(number, key):
        rows = [
            Telling([p], about=park_unit, key=f"{key}{p.pk}", context={"unit": p.full_name}) for p in people
        ][:number]
        with queries() as captured:
            assert notify_each(rows, joined) == number
        return sum("SAVEPOINT" not in q["sql"] for q in captured)

    cost(1, "warm")
    # One more than five: this kind may be declined.
    assert cost(3, "few") == cost(1000, "many") == 6


@pytest.mark.django_db(transaction=True)
def test_two_that_tell_each_at_once_and_one_that_notifies_tell_once(joined):
    people = [make_user(f"张三{n}", f"person{n}@test.cn") for n in range(3)]
    rows = [Telling([p], key="k", context={"unit": "莱锦"}) for p in people]
    results = at_once(
        lambda: notify_each(rows, joined),
        lambda: notify_each(rows[::-1], joined),
        lambda: len(notify(people, joined, key="k", unit="莱锦")),
    )
    assert (sorted(results), Notice.objects.count()) == ([0, 0, 3], 3)


# --- the inbox ----------------------------------------------------------------------------------------------


@pytest.fixture
def told(joined, member):
    notify([member], joined, url="/preferences/", unit="莱锦")
    notify([member], joined, unit="首创郎园")
    return list(Notice.objects.order_by("pk"))


def test_the_inbox_shows_ones_own_notices_newest_first(told, as_user, member, other_member):
    text = as_user(member).get("/notices/").content.decode()
    assert text.index("首创郎园 的入会") < text.index("莱锦 的入会")
    assert "莱锦 的入会" not in as_user(other_member).get("/notices/").content.decode()


def test_looking_at_the_inbox_reads_nothing(told, as_user, member):
    as_user(member).get("/notices/")
    assert Notice.objects.unread().count() == 2


def test_opening_a_notice_marks_it_read_and_leads_on(told, as_user, member):
    client = as_user(member)
    answers = [client.post(f"/notices/{notice.pk}/open/") for notice in told]
    assert [(a.status_code, a["Location"]) for a in answers] == [(303, "/preferences/"), (303, "/notices/")]
    assert Notice.objects.unread().count() == 0


def test_opening_twice_keeps_the_first_time(told, as_user, member):
    client = as_user(member)
    client.post(f"/notices/{told[0].pk}/open/")
    first = Notice.objects.get(pk=told[0].pk).read_at
    client.post(f"/notices/{told[0].pk}/open/")
    assert Notice.objects.get(pk=told[0].pk).read_at == first


def test_a_notice_of_somebody_else_is_none(told, as_user, other_member):
    assert as_user(other_member).post(f"/notices/{told[0].pk}/open/").status_code == 404
    assert Notice.objects.unread().count() == 2


def test_opening_by_a_link_is_refused(told, as_user, member):
    assert as_user(member).get(f"/notices/{told[0].pk}/open/").status_code == 405


def test_all_read_leaves_what_came_since_the_page_was_made(told, as_user, member, joined):
    client = as_user(member)
    notify([member], joined, unit="后来")
    client.post("/notices/read/", {"up_to": told[-1].pk})
    assert [n.body[:2] for n in Notice.objects.unread()] == ["后来"]


@pytest.mark.parametrize("up_to", ["", "x", "-1", "９", "9" * 30])
def test_a_wrong_number_reads_nothing(told, as_user, member, up_to):
    assert as_user(member).post("/notices/read/", {"up_to": up_to}).status_code == 303
    assert Notice.objects.unread().count() == 2


def test_all_read_concerns_only_oneself(told, as_user, other_member):
    as_user(other_member).post("/notices/read/", {"up_to": told[-1].pk})
    assert Notice.objects.unread().count() == 2


def unread_in_bar(client):
    text = client.get("/preferences/").content.decode()
    return text.split('通知 <span class="count')[1].split("</span>")[0].partition(">")[2]


@pytest.mark.django_db(transaction=True)
def test_the_bar_counts_what_is_unread_and_forgets_no_change(tellable, as_user):
    user = make_user("赵联络", "m@test.cn")
    kind = tellable("test.told", "标题")
    client = as_user(user)
    assert unread_in_bar(client) == "0"
    notify([user], kind)
    assert unread_in_bar(client) == "1"
    client.post(f"/notices/{Notice.objects.get().pk}/open/")
    assert unread_in_bar(client) == "0"


def test_the_tab_of_the_unread(told, as_user, member):
    inbox.mark_read(told[1])
    text = as_user(member).get("/notices/?unread=1").content.decode()
    assert ("莱锦 的入会" in text, "首创郎园 的入会" in text) == (True, False)


def test_the_inbox_costs_the_same_for_one_and_for_many(joined, member, as_user, queries):
    def cost():
        client = as_user(member)
        client.get("/notices/")
        with queries() as captured:
            client.get("/notices/")
        return len(captured)

    notify([member], joined, unit="莱锦")
    one = cost()
    for _ in range(30):
        notify([member], joined, unit="莱锦")
    assert cost() == one <= 20


# --- choosing -----------------------------------------------------------------------------------------------


@pytest.fixture
def two_groups(tellable, monkeypatch):
    monkeypatch.setattr(registry, "_kinds", {})
    tellable("test.a", "一", label="资料审核", group="资料")
    tellable("test.b", "二", label="入会结果", group="入会", wording="已通过。")
    tellable("test.law", "三", label="表决", group="治理", statutory=True)


def test_ticks_are_kept_and_the_fixed_ones_are_no_question(two_groups, as_user, member):
    client = as_user(member)
    answer = client.post("/notices/preferences/", {"wanted": ["入会|sms", "入会|email"]})
    assert answer.status_code == 303
    kept = set(NoticePreference.objects.values_list("subject", "channel", "wanted"))
    assert kept == {("资料", "email", False), ("入会", "email", True), ("入会", "sms", True)}
    groups = {g["name"]: g["channels"] for g in inbox.choices_of(member)}
    assert groups == {
        "资料": {"email": {"fixed": False, "wanted": False}},
        "入会": {"email": {"fixed": False, "wanted": True}, "sms": {"fixed": False, "wanted": True}},
        "治理": {"email": {"fixed": True, "wanted": True}},
    }


def test_choosing_twice_keeps_one_row_a_choice(two_groups, as_user, member):
    client = as_user(member)
    for wanted in ([], ["资料|email"]):
        client.post("/notices/preferences/", {"wanted": wanted})
    assert NoticePreference.objects.count() == 3
    assert NoticePreference.objects.get(subject="资料").wanted is True


def test_a_group_that_may_not_be_declined_cannot_be_sent_by_hand(two_groups, as_user, member):
    answer = as_user(member).post("/notices/preferences/", {"wanted": ["治理|email"]})
    assert answer.status_code == 422
    assert NoticePreference.objects.count() == 0


def test_the_page_says_which_are_fixed(two_groups, as_user, member):
    text = as_user(member).get("/notices/preferences/").content.decode()
    assert (text.count('name="wanted"'), text.count("总是发送"), "必须送达：表决" in text) == (3, 1, True)


# --- the kinds there are ------------------------------------------------------------------------------------


def test_every_kind_has_a_label_and_a_group():
    assert [k.name for k in registry.kinds() if not (k.label and k.group and "." in k.name)] == []


def test_the_unread_of_a_person_are_found_by_an_index(joined, member, db):
    notify([member], joined, unit="莱锦")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + str(Notice.objects.filter(recipient=member.pk).unread().query))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "notice_unread" in plan
