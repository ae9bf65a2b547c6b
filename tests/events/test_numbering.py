"""Numbers of a series: read in digits and in Chinese, given one after the other."""

import pytest

from events import numbering


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3), ("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23), ("一百零五", 105), ("一〇五", 105),
        ("百", 100), ("两", 2), ("第", -1), ("", -1), ("三x", -1),
    ],
)  # fmt: skip
def test_a_number_is_read_in_both_ways_of_writing(text, number):
    assert numbering.read(text) == number


def test_the_next_number_follows_the_highest():
    assert [numbering.following(taken) for taken in ([], [1, 2], [5, 1])] == [1, 3, 6]
