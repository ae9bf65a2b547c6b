"""The six characters under the QR code of a registration, for a phone that cannot scan; pure.

They follow from the random word in the QR code and do not lead back to it. Letters and digits that look alike are left
out. Two people of one event may by rare chance have the same; then neither is taken for the other (`domain/door.py`).
"""

import hashlib
import re
import unicodedata

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 6
SHAPE = re.compile(f"[{LETTERS}]{{{LENGTH}}}")


def short_code(code: str) -> str:
    """Six characters of `LETTERS`, the same for the same code."""
    number = int.from_bytes(hashlib.sha256(code.encode()).digest()[:8])
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


def as_short(text: str) -> str:
    """What was typed as a short code, whatever its width, case and gaps; empty when it is none."""
    folded = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    return folded if SHAPE.fullmatch(folded) else ""


def fingerprint(code: str) -> str:
    """What stands for the code in the list that a volunteer's phone keeps: enough to know it again, not to make it."""
    return hashlib.sha256(code.encode()).hexdigest()[:20]
