"""统一社会信用代码 (GB 32100-2015): cleaning, checking, and what to tell the person who typed it.

The arithmetic is python-stdnum's. Its `validate` is not used: it speaks English and refuses letters in the
first two places, where the standard has A, N and Y for some authorities.
"""

import re
import unicodedata

from stdnum.cn import uscc

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Left out of the alphabet because they are misread; what the writer most likely meant.
LOOKALIKES = {"I": "1", "O": "0", "S": "5", "Z": "2"}
# First character: the registering authority (GB 32100-2015 table 1 and its amendment of 2021).
AUTHORITIES = frozenset("123456789ANY")
# Unicode categories of spaces, line ends, control and format characters.
UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cf", "Cc"})
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class CreditCodeError(ValueError):
    """The code cannot be right; the text of the exception says why, in Chinese and without a full stop."""


def clean(text: str) -> str:
    """The code as written, in half-width capitals without spaces, hyphens and invisible characters."""
    folded = unicodedata.normalize("NFKC", str(text)).upper()
    kept = "".join(c for c in folded if unicodedata.category(c) not in UNSEEN and c not in "-‐‑‒–—−")
    # Capitals and what stood around an invisible character may combine anew; a second look settles it.
    return kept if kept == text else clean(kept)


def check(code: str) -> None:
    """Raise CreditCodeError if `code`, as it comes from clean(), is not a valid code."""
    _check_length(code)
    _check_alphabet(code)
    if not code[2:8].isdigit():
        raise CreditCodeError("第3至8位（登记机关行政区划码）应为数字")
    expected = check_character(code[:17])
    if code[17] != expected:
        raise CreditCodeError(f"校验位错误，应为 {expected}")


def check_character(first17: str) -> str:
    """The 18th character that belongs to the first 17: any of the 31 of the alphabet."""
    if len(first17) != 17:
        raise ValueError("The check character is computed from exactly 17 characters")
    return uscc.calc_check_digit(first17)


def warnings(code: str) -> list[str]:
    """What is unusual about a valid code: sentences to show, never a reason to refuse.

    Place 17 is usually the check digit of places 9 to 16 by the older GB 11714, but not every authority kept
    to it.
    """
    found = []
    if code[0] not in AUTHORITIES:
        found.append(f"首位“{code[0]}”不是已知的登记管理部门代码，请核对。")
    if code[16] != organisation_check(code[8:16]):
        found.append("第17位与主体标识码的校验规则不符，请对照证照核对。")
    return found


def _check_length(code):
    if not code:
        raise CreditCodeError("没有填写")
    if re.fullmatch(r"\d{15}", code):
        raise CreditCodeError("是15位的旧注册号，请填写证照上的18位统一社会信用代码")
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", code):
        raise CreditCodeError("被表格改成了科学计数法，请把该列设为文本后重新填写")
    if len(code) != 18:
        raise CreditCodeError(f"应为18位，现为{len(code)}位")


def _check_alphabet(code):
    for place, character in enumerate(code, start=1):
        if character in ALPHABET:
            continue
        if character in LOOKALIKES:
            raise CreditCodeError(f"第{place}位不应是字母{character}，是否为数字{LOOKALIKES[character]}")
        raise CreditCodeError(f"第{place}位“{character}”不是代码可用的字符")


def organisation_check(first8: str) -> str:
    """The 9th character that GB 11714 gives the first 8 of a 主体标识码."""
    # GB 11714 gives letters the values 10 to 35, unlike GB 32100, which skips five of them.
    total = sum(int(c, 36) * weight for c, weight in zip(first8, ORGANISATION_WEIGHTS, strict=True))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
