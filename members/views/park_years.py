"""What the page of a park's yearly numbers shows beside the form, and what it says afterwards."""

from django.utils.timezone import localdate

from members.parkyears import LABELS, plain
from members.queries import rate


def year_context(park, form) -> dict:
    """The form with the numbers of the latest year before and who reported last."""
    year = _year(form)
    previous = park.years.filter(year__lt=year).first()
    return {
        "form": form,
        "park": park,
        "organization": park.organization,
        "title": f"年度数据：{park.name}",
        "previous": previous,
        "fields": _fields(form, previous),
        "reported": form.instance if form.instance.pk and form.instance.reported_at else None,
    }


def _year(form) -> int:
    """The year that the form is about; last year while it says nothing that could be one."""
    text = str(form["year"].value() or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else localdate().year - 1


def _fields(form, previous) -> list[tuple]:
    """(heading, [(bound field, last year's value in words)]) in the order of the page."""
    return [
        (title, [(field, _before(field.name, previous)) for field in fields if field.name != "confirmed"])
        for title, fields in form.grouped
    ]


def _before(name, previous) -> str:
    value = getattr(previous, name, None) if name in LABELS else None
    return "" if value is None else f"{previous.year} 年：{plain(value)} {LABELS[name][1]}"


def said(row) -> str:
    """What a person hears after saving: the year and the rates that follow from the numbers."""
    rates = [
        (rate(row.rented_area, row.park.rentable_area), "出租率"),
        (rate(row.culture_tenants, row.tenants), "文化企业占比"),
    ]
    derived = "，".join(f"{label} {value:.1f}%" for value, label in rates if value is not None)
    return f"已保存“{row.park.name}”{row.year} 年度数据。" + (f"算出：{derived}。" if derived else "")
