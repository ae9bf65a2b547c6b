"""Credit codes that pass the check and can belong to nobody: region 119900 is unassigned."""

from association.creditcode import check_character

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(number: int) -> str:
    body = f"91119900TE{number:06d}"
    first17 = f"{body}{LETTERS[number % 31]}"
    return first17 + check_character(first17)
