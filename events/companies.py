"""Which company a name means: the same for every way of writing it; pure."""

from association.chinese import normalise


def company_key(name: str) -> str:
    """The name for comparing: one width, without spaces, in lower case."""
    return "".join(normalise(name).split()).casefold()


def person_key(full_name: str, unit_name: str) -> tuple[str, str]:
    """What tells people apart who gave no mobile number: name and company."""
    return company_key(full_name), company_key(unit_name)
