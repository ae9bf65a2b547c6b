import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from association.chinese import grams, normalise, pinyin_full, pinyin_initials, stroke_key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("７５１Ｄ·ＰＡＲＫ", "751D·PARK"),
        ("751D•PARK", "751D·PARK"),
        ("751D・PARK", "751D·PARK"),
        ("  莱锦\u3000文化\t创意 \n产业园 ", "莱锦 文化 创意 产业园"),
        ("莱\u200b锦\ufeff", "莱锦"),
        ("\u202e莱锦\u202c", "莱锦"),
        ("莱锦\x00\x1b", "莱锦"),
        ("首创(北京)文化", "首创（北京）文化"),
        ("C3 (Beijing)", "C3 (Beijing)"),
        ("甲：乙，丙。", "甲：乙，丙。"),
        ("\u2f42\u2f8c文化", "文\u864d文化"),
        ("110000㎡", "110000㎡"),
        ("\ud800莱", "莱"),
        ("㛃𬭎𠮷", "㛃𬭎𠮷"),
        ("", ""),
    ],
)
def test_normalise(text, expected):
    assert normalise(text) == expected


@given(st.text())
def test_normalising_is_idempotent_and_leaves_nothing_unseen(text):
    once = normalise(text)
    assert normalise(once) == once
    assert not {unicodedata.category(c) for c in once} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "full", "initials"),
    [
        ("莱锦", "laijin", "lj"),
        ("首创郎园", "shouchuanglangyuan", "scly"),
        ("751D·PARK", "751dpark", "751dpark"),
        ("E9区创新工场", "e9quchuangxingongchang", "e9qcxgc"),
        ("重庆", "chongqing", "cq"),
        ("重庆文化园", "chongqingwenhuayuan", "cqwhy"),
        ("朝阳区朝阳门", "chaoyangquchaoyangmen", "cyqcym"),
        ("大栅栏", "dashilan", "dsl"),
        ("十里堡", "shilipu", "slp"),
        ("行业协会", "hangyexiehui", "hyxh"),
        ("音乐厅", "yinyueting", "yyt"),
        ("绿色", "lvse", "ls"),
        ("北京（国际）", "beijingguoji", "bjgj"),
        ("𠮷", "𠮷", "𠮷"),
        ("", "", ""),
    ],
)
def test_pinyin_of_names_of_things(text, full, initials):
    assert (pinyin_full(text), pinyin_initials(text)) == (full, initials)


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("单田", "shantian", "st"),
        ("仇英", "qiuying", "qy"),
        ("曾敏", "zengmin", "zm"),
        ("解冰", "xiebing", "xb"),
        ("查文", "zhawen", "zw"),
        ("朴春", "piaochun", "pc"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("尉健", "weijian", "wj"),
        ("欧阳明", "ouyangming", "oym"),
        ("王重阳", "wangchongyang", "wcy"),
        ("李解", "lijie", "lj"),
    ],
)
def test_pinyin_of_persons_reads_surnames(name, full, initials):
    assert pinyin_full(name, person=True) == full
    assert pinyin_initials(name, person=True) == initials


@given(st.text())
def test_pinyin_holds_letters_and_digits_only(text):
    full = pinyin_full(text)
    assert full == full.lower()
    assert not any(c.isspace() or c in "·（）().,，。-_" for c in full)
    assert len(pinyin_initials(text)) <= len(full)


def test_stroke_order_of_a_roster():
    # Stroke counts: 丁2 王4 白5 李7 陈7 赵9 曾12 魏17; equal counts keep one order whatever the input was.
    roster = ["魏明", "曾文", "赵一", "陈二", "李三", "白四", "王五", "丁六", "王一"]
    assert sorted(roster, key=stroke_key) == [
        "丁六",
        "王一",
        "王五",
        "白四",
        "李三",
        "陈二",
        "赵一",
        "曾文",
        "魏明",
    ]


def test_stroke_key_is_a_string_for_the_database():
    assert stroke_key("王一") == "04王01一"
    assert stroke_key("751D园") == "007005001" + "00D" + "07园"
    assert stroke_key("二〇二三") == "02二01〇02二03三"


def test_a_shorter_name_comes_before_its_longer_sister():
    assert stroke_key("王") < stroke_key("王一")


def test_grams_are_single_characters_and_neighbours():
    assert grams("文化 园") == ["化", "园", "文", "文化"]
    assert grams("AbＡ") == ["a", "ab", "b", "ba"]
    assert grams("　") == []


@given(st.text(), st.text(), st.text())
def test_grams_of_a_part_are_grams_of_the_whole(before, part, after):
    # What the search index relies on: a term inside one word never asks for a pair that the word lacks.
    part = "".join(normalise(part).split())
    word = normalise(f"{before}{part}{after}")
    if part and part.lower() in word.lower():
        assert set(grams(part)) <= set(grams(word))
