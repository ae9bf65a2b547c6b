"""Invented particulars: people, telephone numbers, credit codes. Nothing here belongs to anybody.

Every value follows from a running number, so that the demonstration is the same wherever it is loaded.
"""

from association import creditcode

_SURNAMES = (
    "赵 钱 周 吴 郑 冯 陈 褚 卫 蒋 沈 韩 杨 朱 秦 许 何 吕 施 张 孔 曹 严 华 金 魏 陶 姜 戚 谢 邹 喻 单 仇 "
    "曾 解 尉迟 欧阳 柏 窦 章 云 苏 潘 葛 范 彭 鲁 韦 马 苗 方 俞 任 袁 柳 史 唐 费 薛 雷 贺 倪 汤"
)
_GIVEN = (
    "思源 文博 景明 若谷 知远 怀瑾 清和 予安 书白 行简 鹤鸣 南乔 望舒 静姝 以宁 嘉树 云舒 承泽 修远 星野 "
    "子衿 明澈 听雨 慕言 采薇 长庚 维桢 致和 朗月 晓棠 亦凡 启文 念初 沐阳 若水 同舟 语桐 既白 嘉言 疏影 "
    "平 岚 骁 琛 芮 昀 彧 珩 恺 玥 璟"
)
SURNAMES, GIVEN = _SURNAMES.split(), _GIVEN.split()
# No administrative division has the number 119900, so no real unit can bear such a code (GB/T 2260).
CODE_PREFIX = "91119900"


def person_name(number: int) -> str:
    """The full name of the invented person `number`."""
    turn = number // len(SURNAMES)
    return SURNAMES[number % len(SURNAMES)] + GIVEN[(number * 7 + turn) % len(GIVEN)]


def mobile(number: int) -> str:
    """1990000NNNN for the first ten thousand people; the range 199 0 is used for invented people only."""
    return f"1990{number:07d}"


def email(number: int) -> str:
    """An address in a domain that the demonstration's mail never leaves for."""
    return f"yanshi{number:04d}@example.cn"


def credit_code(number: int, series: str = "MA") -> str:
    """A valid 统一社会信用代码 of the unassigned region; `number` below a million, `series` two letters."""
    subject = f"{series}{number:06d}"
    first17 = CODE_PREFIX + subject + creditcode.organisation_check(subject)
    return first17 + creditcode.check_character(first17)
