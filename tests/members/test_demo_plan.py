"""What the demonstration is planned to hold: nothing bad or untrue about real parks, nothing that belongs to anybody."""

from association import creditcode
from members.demo import drafts, plan, sites


def real_units():
    return [unit for unit in plan.units() if unit.parks and not unit.parks[0].name.startswith("演示园区")]


def test_every_code_is_valid_and_belongs_to_nobody():
    codes = [unit.fields["credit_code"] for unit in plan.units() if unit.fields["credit_code"]]
    codes += [drafts.Draft(number).organization.credit_code for number in (1, 999_999)]
    for code in codes:
        creditcode.check(code)
        assert (code[2:8], creditcode.warnings(code)) == ("119900", [])
    assert len(set(codes)) == len(codes)


def test_people_are_reached_at_invented_numbers_and_addresses_only():
    people = [person for unit in plan.units() for person in unit.people]
    assert {p.mobile[:7] for p in people} == {"1990000", ""}
    assert {p.email.partition("@")[2] for p in people} == {"example.cn"}
    mobiles = [p.mobile for p in people if p.mobile]
    assert len(set(mobiles)) == len(mobiles)


def test_real_parks_bear_only_titles_on_the_public_record():
    titles = {
        park.name: [(r["level"], r["year"]) for r in park.recognitions]
        for unit in real_units()
        for park in unit.parks
    }
    expected = {
        park.name: [(row["level"], 2020)] if row["certainty"] in ("A", "A-") else []
        for row in sites.real_rows()
        for park in [sites.real_park(row)]
    }
    assert titles == expected
    assert sum(map(len, titles.values())) == 17


def test_invented_titles_say_so():
    titles = [
        r["title"]
        for unit in plan.units()
        for park in unit.parks
        if park.name.startswith("演示")
        for r in park.recognitions
    ]
    assert [t for t in titles if not t.endswith("（演示）")] == []
    assert len(titles) == 74


def test_no_real_park_gets_bad_news():
    for unit in real_units():
        assert (len(unit.periods), unit.periods[0][1], unit.posts) == (1, None, [])
        assert "" not in (unit.fields["credit_code"], unit.fields["legal_representative"])
        assert all(person.mobile for person in unit.people)
        for park in unit.parks:
            for numbers in park.years.values():
                assert numbers["rented_area"] * 100 >= park.fields["rentable_area"] * 85
                assert numbers["culture_tenants"] * 100 >= numbers["tenants"] * 70
            assert park.years[2022]["rented_area"] > park.years[2020]["rented_area"]


def test_the_same_number_gives_the_same_unit():
    one, two = drafts.Draft(17).organization, drafts.Draft(17).organization
    assert (one.name, one.credit_code, one.search_text) == (two.name, two.credit_code, two.search_text)
    assert "壁画" in one.name
    assert "壁画" not in drafts.Draft(18).organization.name
