"""Lists: search, filters as removable pills, sort, columns, saved views, pages - all of it in the address."""

import hashlib
import math
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import F
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from association import stamps
from association.columns import Column, ColumnSet
from association.models import ColumnChoice, SavedView

PAGE_SIZE = 20
KEPT = 300
# Parts of the address that say how a list is shown, not which rows it holds.
PRESENTATION = {"page", "sort", "columns", "view", "as_of_text"}


@dataclass(frozen=True)
class Pill:
    """One filter in force: its name, its value in words, and the address without it."""

    label: str
    text: str
    url: str


@dataclass(frozen=True)
class Header:
    """A column heading: which way it is sorted now and the address that sorts by it."""

    column: Column
    direction: str
    url: str


class Listing:
    """One page of a list as asked for by `request`.

    `queryset` holds the rows the person may see, `columns` the columns they may see; `filterset_class` is a
    django-filter FilterSet whose form is the filter dialog. Its `unfiltered(queryset)` gives the rows of the plain
    list, its `usual` the choices that narrow nothing and need no pill. `as_of` is the day that dated values are
    shown for.
    """

    def __init__(
        self, request, *, key, queryset, columns: ColumnSet, filterset_class, default_sort, title_column=""
    ):
        self.request, self.key, self.allowed_columns = request, key, columns
        self.filterset_class, self.visible = filterset_class, queryset
        self.default_sort = default_sort

    # --- which rows -------------------------------------------------------------------------------------
    @cached_property
    def is_filtered(self) -> bool:
        """Whether the address names any filter; without one the filter form, which is costly, is never built."""
        return not self.filterset_class.base_filters.keys().isdisjoint(self.request.GET)

    @cached_property
    def filterset(self):
        return self.filterset_class(self.request.GET, queryset=self.visible, request=self.request)

    @cached_property
    def is_valid(self) -> bool:
        return not self.is_filtered or self.filterset.is_valid()

    @cached_property
    def as_of(self):
        chosen = self.filterset.form.cleaned_data.get("as_of") if self.is_filtered and self.is_valid else None
        return chosen or localdate()

    @cached_property
    def queryset(self):
        """The filtered rows, unsorted; none when the filter form has errors."""
        if not self.is_filtered:
            return self.filterset_class.unfiltered(self.visible)
        return self.filterset.qs if self.is_valid else self.visible.none()

    @cached_property
    def ordered(self):
        """The filtered rows in the order asked for; the key comes last so that pages never overlap."""
        column, descending = self.sort
        names = column.sort if column else self.default_sort
        order = [
            F(n.lstrip("-")).desc(nulls_last=True)
            if n.startswith("-") != descending
            else F(n.lstrip("-")).asc(nulls_last=True)
            for n in names
        ]
        return self.queryset.order_by(*order, "pk")

    @cached_property
    def total(self) -> int:
        """How many rows the filters leave; kept for five minutes or until the next verb, whichever is sooner."""
        if not self.is_valid:
            return 0
        return self._kept("count", lambda: self.queryset.order_by().count())

    def _kept(self, what, compute):
        """A value that depends on the filters and on nothing else, kept under the present stamp."""
        state = sorted(
            (k, v) for k, values in self.request.GET.lists() if k not in PRESENTATION for v in values
        )
        text = f"{what}|{self.key}|{self.request.user.pk}|{localdate()}|{self._stamp}|{state}"
        name = "list." + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
        value = cache.get(name)
        if value is None:
            value = compute()
            cache.set(name, value, KEPT)
        return value

    @cached_property
    def _stamp(self):
        return stamps.current_for(self.request.user.pk)

    # --- which page -------------------------------------------------------------------------------------
    @cached_property
    def pages(self) -> int:
        return max(1, math.ceil(self.total / PAGE_SIZE))

    @cached_property
    def page(self) -> int:
        """The page asked for, brought into range: nonsense is page 1, too far is the last one."""
        text = self.request.GET.get("page", "1")
        number = (
            int(text)
            if text.isascii() and text.isdigit() and len(text) < 10
            else (self.pages if text.isdigit() else 1)
        )
        return min(max(number, 1), self.pages)

    @cached_property
    def pks(self) -> list[int]:
        """Keys of the rows on this page, kept like the count; what the rows say is read anew each time."""
        if not self.is_valid:
            return []
        start = (self.page - 1) * PAGE_SIZE
        return self._kept(
            f"page {self.page} {self.request.GET.get('sort', '')}",
            lambda: list(self.ordered.values_list("pk", flat=True)[start : start + PAGE_SIZE]),
        )

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * PAGE_SIZE, self.total)

    @property
    def previous_url(self):
        return self.url(page=self.page - 1) if self.page > 1 else ""

    @property
    def next_url(self):
        return self.url(page=self.page + 1) if self.page < self.pages else ""

    # --- which columns ----------------------------------------------------------------------------------
    @cached_property
    def columns(self) -> ColumnSet:
        """The address names the columns, else the person's own choice, else the usual ones."""
        asked = self.request.GET.get("columns", "")
        keys = asked.split(",")[:60] if asked else self._remembered
        chosen = self.allowed_columns.chosen(keys)
        return chosen if chosen.columns else self.allowed_columns.shown

    @cached_property
    def _remembered(self):
        choice = ColumnChoice.objects.filter(owner=self.request.user, listing=self.key).first()
        return choice.columns if choice else []

    @cached_property
    def sort(self):
        """(column, descending); a column that the person may not see is not sorted by either."""
        text = self.request.GET.get("sort", "")
        column = self.allowed_columns.by_key.get(text.lstrip("-"))
        return (column, text.startswith("-")) if column and column.sort else (None, False)

    @cached_property
    def headers(self) -> list[Header]:
        current, descending = self.sort
        found = []
        for column in self.columns:
            direction = ("descending" if descending else "ascending") if column is current else ""
            sign = "-" if column is current and not descending else ""
            found.append(
                Header(column, direction, self.url(sort=sign + column.key, page=None) if column.sort else "")
            )
        return found

    @cached_property
    def rows(self) -> list[dict]:
        """The rows of this page: `pk` and `cells` (stored values, one a column)."""
        values = self.columns.values(self.pks, self.as_of)
        return [{"pk": pk, "cells": cells} for pk, cells in zip(self.pks, values, strict=True)]

    # --- filters in words -------------------------------------------------------------------------------
    @cached_property
    def pills(self) -> list[Pill]:
        if not self.is_filtered or not self.is_valid:
            return []
        found, usual = [], getattr(self.filterset_class, "usual", {})
        for name, field in self.filterset.form.fields.items():
            value = self.filterset.form.cleaned_data.get(name)
            text = _in_words(field, value)
            if text and value != usual.get(name):
                keys = [name, *(f"{name}_{end}" for end in ("after", "before", "min", "max"))]
                found.append(Pill(str(field.label), text, self.url(**dict.fromkeys([*keys, "page"]))))
        return found

    # --- addresses --------------------------------------------------------------------------------------
    def url(self, **changes) -> str:
        """This list's address with some parameters changed; None removes one."""
        query = self.request.GET.copy()
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        text = query.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path

    @property
    def carried(self) -> list[tuple]:
        """(name, value) pairs of the address that a search inside the list keeps."""
        return [(k, v) for k, values in self.request.GET.lists() if k not in ("q", "page") for v in values]

    @property
    def query(self) -> str:
        """The query string without the page, as a saved view or an export keeps it."""
        query = self.request.GET.copy()
        for name in ("page", "view"):
            query.pop(name, None)
        return query.urlencode()

    @cached_property
    def saved_views(self):
        views = (
            SavedView.objects.visible_to(self.request.user).filter(listing=self.key).select_related("owner")
        )
        return list(views[:50])


def _in_words(field, value) -> str:
    """A cleaned filter value as a pill shows it; an empty text for a filter that is not in force."""
    if value in (None, "", [], ()) or value is False:
        return ""
    if isinstance(value, slice):
        start, stop = value.start, value.stop
        return f"{_date(start) or '最早'} 至 {_date(stop) or '今'}" if start or stop else ""
    if hasattr(field, "queryset"):
        return "、".join(str(v) for v in value) if hasattr(value, "__iter__") else str(value)
    choices = dict(_flat(getattr(field, "choices", ())))
    if isinstance(value, (list, tuple)):
        return "、".join(str(choices.get(v, v)) for v in value)
    if value is True:
        return "是"
    return str(choices.get(value, _date(value) or value))


def _flat(choices):
    for value, label in choices:
        yield from label if isinstance(label, (list, tuple)) else [(value, label)]


def _date(value):
    if hasattr(value, "date"):
        value = value.date()
    return f"{value.year}年{value.month}月{value.day}日" if hasattr(value, "year") else ""
