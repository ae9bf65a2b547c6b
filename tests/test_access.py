"""Who may do what: the house is asked, person by person and address by address, whether `access.yml` tells the truth."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
from django.db.models import Max
from django.test import Client
from django.urls import NoReverseMatch, reverse

from association.models import Delivery, Notice, User
from association.signing.doorkeeper import OPEN_WITHOUT_FACTOR
from tests import access
from tests.conftest import signed_in_client
from tests.factories import make_user
from tests.factories.world import OTHER, OWN

TABLE = access.table()
# Everybody is asked; in three tests, so that they can run side by side.
GROUPS = [
    ("visitor", "stranger", "member", "other_member"),
    ("clerk", "former", "liaison"),
    ("secretary", "treasurer", "auditor"),
    ("secretary_general", "president", "administrator"),
]
CHANGING = {"ok", "to"}


# --- the table itself -------------------------------------------------------------------------------------


def rows_of(name):
    return [
        row
        for row in TABLE.rows
        if row.name == name or (row.name.endswith("*") and name.startswith(row.name[:-1]))
    ]


def test_every_address_has_rows_for_both_methods():
    asked = {name: {row.method for row in rows_of(name)} for name in access.url_names()}
    missing = {name for name, methods in asked.items() if methods != set(access.METHODS)}
    assert {name for name in missing if not name.startswith("admin:")} == set()
    assert [name for name in asked if not rows_of(name)] == []


def test_every_row_has_an_address():
    names = set(access.url_names())
    prefixes = {row.name for row in TABLE.rows if row.name.endswith("*")}
    assert {row.name for row in TABLE.rows} - names - prefixes == set()
    assert {*TABLE.arguments, *TABLE.queries, *TABLE.data} - names == set()


def test_no_row_stands_twice_and_own_objects_have_others_beside_them():
    keys = [(row.name, row.method, row.owner) for row in TABLE.rows]
    assert sorted(keys) == sorted(set(keys))
    own = {(n, m) for n, m, owner in keys if owner == "own"}
    assert own == {(n, m) for n, m, owner in keys if owner == "other"}
    assert {owner for _, _, owner in keys} == {"-", "own", "other", "any"}


def test_all_the_people_are_asked():
    assert sorted(name for group in GROUPS for name in group) == sorted(TABLE.people)


@pytest.mark.django_db
def test_a_write_is_seen_even_when_it_was_undone(world):
    stranger, before = world.people["stranger"], access.touched()
    with transaction.atomic():
        User.objects.filter(pk=stranger.pk).update(full_name="改名")
        transaction.set_rollback(True)
    assert access.touched() != before


# --- the house --------------------------------------------------------------------------------------------


def client_of(world, name):
    if name == "visitor":
        return Client(raise_request_exception=False)
    client = signed_in_client(world.people[name], raise_request_exception=False)
    User.objects.filter(pk=world.people[name].pk).update(last_login=None)
    return client


def objects_of(world, row):
    return {"-": {}, "any": world.own}.get(row.owner) if row.owner in "-any" else getattr(world, row.owner)


def ask(world, client, row, told_before):
    """What the person gets, whether anything was written, and what others were told of it; afterwards everything is as
    it was."""
    objects = objects_of(world, row)
    address = TABLE.address(row, objects)
    with transaction.atomic():
        counters = access.touched() if row.method == "POST" else {}
        if row.method == "GET":
            response = client.get(address)
        else:
            response = client.post(address, TABLE.form(row, objects))
        text = access.readable(response)
        expected_to_write = row.method == "POST" and access.outcome(response) in CHANGING
        denied = row.method == "POST" and not expected_to_write
        after = access.checksum() if denied and access.touched() != counters else None
        told = letters(told_before) if expected_to_write else []
        transaction.set_rollback(row.method == "POST")
    return access.outcome(response), text, after, told


def newest_letters():
    """The keys of the last notice and the last delivery."""
    return [model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in (Notice, Delivery)]


def letters(since):
    """(account, text) of every notice and every letter written after those."""
    notices = Notice.objects.filter(pk__gt=since[0]).values_list("recipient", "title", "body")
    sent = Delivery.objects.filter(pk__gt=since[1]).values_list("user", "subject", "text", "html", "values")
    return [(person, " ".join(map(str, texts))) for person, *texts in (*notices, *sent)]


# The public site says the public words of a unit to everybody; no other page says them to who may not know the unit.
# The page of visits names parks of the public directory to members.
PUBLIC = {"association:front", "association:sitemap_of", "events:visits"}


def is_public(row) -> bool:
    return row.name in PUBLIC or row.name.startswith(("parks:", "verify:"))


def forbidden_words(name, row):
    """Words that must not stand in this answer to this person."""
    units = {"member": [OTHER], "clerk": [OTHER], "other_member": [OWN]}.get(name, [OWN, OTHER])
    keeper = name in ("secretary", "secretary_general", "treasurer", "president")
    words = []
    if name != "treasurer":
        # A unit's manager sees its own account; its other people do not.
        units_banks = {"member": [OTHER], "other_member": [OWN]}.get(name, [OWN, OTHER])
        words += [w for unit in units_banks for w in (unit.bank, bank_account(unit))]
    if not keeper:
        words += [w for unit in units for w in (unit.personal, unit.mobile, spaced(unit.mobile))]
    if name in ("visitor", "stranger", "member", "other_member", "clerk", "former", "liaison"):
        words += [unit.open for unit in units]
        words += [unit.public for unit in units if not is_public(row)]
    return words


def bank_account(unit):
    return "6222020200001111" if unit is OWN else "6222020200002222"


def spaced(mobile):
    return f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}"


@pytest.mark.django_db
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0])
def test_everybody_gets_what_the_table_says_and_not_a_word_more(world, group, caplog):
    caplog.set_level("INFO")
    wrong, told, written = {}, {}, {}
    before, last = access.checksum(), newest_letters()
    names = {person.pk: name for name, person in world.people.items()}
    for name in group:
        client = client_of(world, name)
        for row in TABLE.rows:
            if row.name.endswith("*") or row.outcomes[name] == "=":
                continue
            if row.name.startswith("account_"):
                cache.clear()
                client = client_of(world, name)
            got, text, after, sent = ask(world, client, row, last)
            if row.name == "members:invitation":
                # Whoever asks for the code is signed out first.
                client = client_of(world, name)
            if got != row.outcomes[name]:
                wrong[f"{row} {name}"] = f"{got}, not {row.outcomes[name]}"
            if heard := [word for word in forbidden_words(name, row) if word in text]:
                told[f"{row} {name}"] = heard
            for person, letter in sent:
                # An invitation goes to somebody who has no account yet: it may name the unit.
                known = names.get(person)
                if known and (heard := [word for word in forbidden_words(known, row) if word in letter]):
                    told[f"{row} {name}, letter to {known}"] = heard
            if after is not None and after != before:
                written[f"{row} {name}"] = sorted(t for t in after if after[t] != before[t])
        assert access.checksum() == before, f"a GET of {name} changed something"
    assert (wrong, told, written) == ({}, {}, {})
    # What is written into the log is for no one: no number, no address of a person, no account.
    secrets = [
        w for unit in (OWN, OTHER) for w in (unit.personal, unit.mobile, unit.bank, bank_account(unit))
    ]
    assert [word for word in secrets if word in caplog.text] == []
    assert caplog.records


@pytest.mark.django_db
def test_the_words_do_stand_where_they_may(world):
    """Else the test above would find nothing because nothing is there."""
    unit = world.own["unit"]
    page = access.readable(client_of(world, "treasurer").get(f"/members/{unit}/"))
    people = access.readable(client_of(world, "member").get(f"/members/{unit}/contacts/"))
    assert [w for w in (OWN.open, OWN.bank, bank_account(OWN)) if w not in page] == []
    assert [w for w in (OWN.open, OWN.personal, spaced(OWN.mobile)) if w not in people] == []
    roster = reverse("members:roster") + "?" + TABLE.queries["members:roster"]
    listed = access.readable(client_of(world, "treasurer").get(roster))
    assert [w for w in (OWN.open, OTHER.open, OWN.bank, OTHER.bank) if w not in listed] == []
    public = access.readable(client_of(world, "visitor").get("/parks/"))
    assert [w for w in (OWN.public, OTHER.public) if w not in public] == []


# --- Django's admin ---------------------------------------------------------------------------------------


def admin_addresses():
    fillings = ([], ["1"], ["1", "1"], ["association"])
    for name in sorted({n for n in access.url_names() if n.startswith("admin:") and not n.endswith(":None")}):
        for arguments in fillings:
            try:
                yield name, reverse(name, args=arguments)
                break
            except NoReverseMatch:
                continue


@pytest.mark.django_db
def test_the_admin_lets_in_only_those_marked_for_it(world):
    addresses = dict(admin_addresses())
    assert len(addresses) > 20
    for name in ("visitor", "member", "secretary", "administrator"):
        client = client_of(world, name)
        got = {a: access.outcome(client.get(address)) for a, address in addresses.items()}
        assert {a: found for a, found in got.items() if found not in ("signin", "to", "403", "405")} == {}


@pytest.mark.django_db
def test_who_is_let_in_may_look_and_not_write(world):
    root = User.objects.create_superuser("root@test.cn", "总管", "long-enough-77")
    client = Client()
    client.force_login(root)
    before = access.checksum()
    target = world.people["secretary"].pk
    looked = ["/admin/", "/admin/association/user/", f"/admin/association/user/{target}/change/", "/admin/association/job/",
              "/admin/association/roleassignment/", "/admin/association/activity/"]  # fmt: skip
    assert {a: client.get(a).status_code for a in looked} == dict.fromkeys(looked, 200)
    data = {
        "full_name": "改名",
        "email": "x@y.cn",
        "is_active": "",
        "is_staff": "on",
        "is_superuser": "on",
        "post": "yes",
    }
    verbs = ["/admin/association/user/add/", f"/admin/association/user/{target}/change/",
             f"/admin/association/user/{target}/delete/", "/admin/association/roleassignment/add/"]  # fmt: skip
    assert {a: client.post(a, data).status_code for a in verbs} == dict.fromkeys(verbs, 403)
    client.post(
        "/admin/association/user/", {"action": "delete_selected", "_selected_action": target, "post": "yes"}
    )
    assert access.checksum() == before


@pytest.mark.django_db
def test_a_staff_mark_alone_shows_nothing(world):
    person = make_user("标记", "marked@test.cn", is_staff=True)
    client = Client()
    client.force_login(person)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/association/user/").status_code == 403


# --- without a second factor ------------------------------------------------------------------------------

STAFF = ("secretary", "treasurer", "auditor", "secretary_general", "president", "administrator")


@pytest.mark.django_db
def test_staff_without_a_second_factor_get_nothing_but_the_way_to_one(world, settings):
    """Outside demo mode, at every address, whoever's the object: a redirect, and nothing is written.

    Each address is asked by one of them in turn: the door looks at the person before it looks at the address.
    """
    settings.DEMO = False
    setup = reverse("association:security_setup")
    before, wrong = access.checksum(), {}
    clients = [(name, client_of(world, name)) for name in STAFF]
    rows = [row for row in TABLE.rows if not row.name.endswith("*") and row.name not in OPEN_WITHOUT_FACTOR]
    for number, row in enumerate(rows):
        name, client = clients[number % len(clients)]
        objects = objects_of(world, row)
        address = TABLE.address(row, objects)
        post = row.method == "POST"
        response = client.post(address, TABLE.form(row, objects)) if post else client.get(address)
        if response.status_code not in (302, 303) or response.headers["Location"] != setup:
            wrong[f"{row} {name}"] = response.status_code
    assert wrong == {}
    # That they were signed in at all:
    before["association_user"] = access.checksum()["association_user"]
    assert access.checksum() == before


@pytest.mark.django_db
def test_with_a_second_factor_the_table_holds_as_before(world, settings):
    """That outside demo mode nothing else is different is seen at the pages that everybody of the staff may open."""
    settings.DEMO = False
    for name in STAFF:
        Authenticator.objects.create(user=world.people[name], type="totp", data={"secret": "x"})
        client = client_of(world, name)
        for row in TABLE.rows:
            if row.method == "GET" and row.owner == "-" and row.outcomes[name] in ("ok", "403"):
                got, *_ = ask(world, client, row, newest_letters())
                differs = ("mfa_", "association:security", "association:demo_mailbox")
                assert got == row.outcomes[name] or row.name.startswith(differs), row
