"""Verbs on brands, series and the themes of years."""

from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.errors import Refused
from events.models import Brand, Series, ThemeYear


@verb
def add_series(*, by, brand: str = "", **fields) -> Series:
    """A new series; a brand that does not exist yet is made with it. Raises Refused (422) for a name that is taken and
    for one that counts for a brand without having one."""
    _refuse_taken(fields["name"])
    _refuse_uncounted(brand, fields.get("counts_in_brand"))
    series = Series.objects.create(brand=_brand(brand), **fields)
    record("events.series.added", series, by=by, sentence=f"设立活动系列“{series}”")
    return series


@verb
def update_series(series, *, by, version: int, brand: str, changes: dict) -> Series:
    """Correct a series. Raises Conflict when somebody saved it meanwhile, and Refused where `add_series` does and for
    a new way of counting once events have numbers under the old one."""
    changes = changes | {"brand": _brand(brand)}
    series = locked(series, version, changes)
    changes = changed_fields(series, changes)
    if "name" in changes:
        _refuse_taken(changes["name"])
    _refuse_uncounted(brand, changes.get("counts_in_brand", series.counts_in_brand))
    if "resets_yearly" in changes and series.events.exists():
        raise Refused("这个系列已有编了号的活动，不能再改编号办法。", status=422)
    if changes:
        store(series, changes)
        record(
            "events.series.updated", series, by=by, sentence=f"修改系列“{series}”：{labels(series, changes)}"
        )
    return series


def _refuse_taken(name):
    if Series.objects.filter(name=name).exists():
        raise Refused(f"已有名为“{name}”的系列。", status=422)


def _refuse_uncounted(brand, counts):
    if counts and not brand:
        raise Refused("计入品牌活动总数的系列要写明品牌。", status=422)


def _brand(name):
    return Brand.objects.get_or_create(name=name)[0] if name else None


@verb
def end_series(series, *, by) -> Series:
    """No further events; what there was stays. Doing it twice changes nothing."""
    series = Series.objects.select_for_update(of=("self",)).get(pk=series.pk)
    if series.ended_on is None:
        store(series, {"ended_on": localdate()})
        record("events.series.ended", series, by=by, sentence=f"停办系列“{series}”")
    return series


@verb
def resume_series(series, *, by) -> Series:
    """Hold it again. Doing it twice changes nothing."""
    series = Series.objects.select_for_update(of=("self",)).get(pk=series.pk)
    if series.ended_on is not None:
        store(series, {"ended_on": None})
        record("events.series.resumed", series, by=by, sentence=f"恢复系列“{series}”")
    return series


@verb
def set_theme(*, by, year: int, name: str) -> ThemeYear:
    """Say what a year stands under; saying the same twice changes nothing."""
    theme, made = ThemeYear.objects.select_for_update().get_or_create(year=year, defaults={"name": name})
    if not made and theme.name == name:
        return theme
    if not made:
        theme.name = name
        theme.save(update_fields=["name"])
    record("events.theme.set", theme, by=by, sentence=f"定{theme}")
    return theme
