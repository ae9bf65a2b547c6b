"""Verbs on what a person keeps of a list. They concern that person's screen only, so no activity is recorded."""

from django.db import transaction

from association import stamps
from association.errors import Refused
from association.models import ColumnChoice, SavedView

MOST_VIEWS = 30


@transaction.atomic
def save_view(*, owner, listing: str, name: str, query: str, is_shared: bool) -> SavedView:
    """Keep a view under `name`; an own view of that name is replaced. Raises Refused over 30 views."""
    views = SavedView.objects.select_for_update().filter(owner=owner, listing=listing)
    if not views.filter(name=name).exists() and views.count() >= MOST_VIEWS:
        raise Refused(f"每个列表最多保存 {MOST_VIEWS} 个视图，请先删除不用的。", status=422)
    view, _ = SavedView.objects.update_or_create(
        owner=owner, listing=listing, name=name, defaults={"query": query, "is_shared": is_shared}
    )
    stamps.bump_after_commit()
    return view


def remove_view(view) -> None:
    """Remove a view. Doing it twice changes nothing."""
    SavedView.objects.filter(pk=view.pk).delete()
    stamps.bump_after_commit()


def choose_columns(*, owner, listing: str, columns: list[str]) -> ColumnChoice:
    """Remember the columns that `owner` wants to see in `listing`; an empty list means the usual ones."""
    choice, _ = ColumnChoice.objects.update_or_create(
        owner=owner, listing=listing, defaults={"columns": columns}
    )
    stamps.bump_after_commit()
    return choice
