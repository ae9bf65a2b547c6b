"""The search index: what the database takes a text apart into, and that words in every row still use it."""

import pytest
from django.db import connection

from association import chinese
from members.demo.drafts import Draft
from members.models import Organization


@pytest.mark.parametrize(
    "text",
    ["", " ", "莱锦", "莱锦 lj\ne9", "751d·park", "a\tb", "aaa", "𬭎㛃", "100%_\\'", "园区\u3000名", "é"],
)
def test_the_database_and_the_program_take_a_text_apart_alike(db, text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT house_grams(%s)", [text])
        assert sorted(cursor.fetchone()[0]) == sorted(chinese.grams(text))


def test_words_that_stand_in_every_row_are_searched_by_the_index_too(db):
    Organization.objects.bulk_create([Draft(number).organization for number in range(1, 121)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE members_organization")
    found = Organization.objects.matching("演示")
    assert "Bitmap Index Scan on organization_search" in found.explain()
    assert found.count() == 120
