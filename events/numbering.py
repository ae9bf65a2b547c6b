"""Reading and giving the numbers of a series: pure functions, no database."""

DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100}


def read(text: str) -> int:
    """12 of “12”, “十二” and “一二”; at most three places in Chinese. What is no number is -1.

    >>> [read(t) for t in ("3", "三", "十", "十二", "二十", "二十三", "一百零五", "一〇五", "百"), ]
    [3, 3, 10, 12, 20, 23, 105, 105, 100]
    """
    if text.isascii() and text.isdigit():
        return int(text[:9])
    if not text or any(c not in DIGITS and c not in TENS for c in text):
        return -1
    if not any(c in TENS for c in text):
        return int("".join(str(DIGITS[c]) for c in text)[:9])
    total, digit = 0, None
    for c in text:
        if c in TENS:
            total += (1 if digit is None else digit) * TENS[c]
            digit = None
        else:
            digit = DIGITS[c]
    return total + (digit or 0)


def following(taken: list[int]) -> int:
    """The number after the highest one that was ever given in the scope, cancelled events included; 1 at first."""
    return max(taken, default=0) + 1
