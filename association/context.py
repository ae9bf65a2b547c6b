"""What every page of the shell needs."""

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from association import stamps
from association.choices import Role
from association.demo import shown_accounts
from association.desk import desk
from association.domain.inbox import unread_count
from association.permissions import current_roles
from association.public_pages import is_visitor


def shell(request):
    """Menu, to-do count, person, colours and size, and the numbers of the footer; nothing is asked of the database
    before a template uses it, so that error pages work without one."""
    user = getattr(request, "user", None)
    return {
        "menu": SimpleLazyObject(lambda: _menu(request)),
        "bands": SimpleLazyObject(lambda: desk.bands_for(request)),
        "todo_count": SimpleLazyObject(lambda: _todo_count(request)),
        "unread_count": SimpleLazyObject(lambda: _unread_count(user)),
        "person": user,
        "person_role": SimpleLazyObject(lambda: _role_text(user)),
        "theme": _Preference(request, "theme"),
        "text_size": _Preference(request, "text_size"),
        "demo": settings.DEMO,
        "demo_accounts": SimpleLazyObject(shown_accounts) if settings.DEMO else [],
        "demo_mailbox": SimpleLazyObject(_demo_mailbox),
        "association_name": settings.ASSOCIATION_NAME,
        "site": settings.SITE,
        "error_frame": "errors/public_frame.html" if is_visitor(request) else "errors/frame.html",
    }


class _Preference:
    """A signed-in person's choice, else the cookie's; a wrong value counts as none."""

    allowed = {"theme": {"light", "dark"}, "text_size": {"large"}}

    def __init__(self, request, name):
        self.request, self.name = request, name

    def __str__(self):
        user = getattr(self.request, "user", None)
        chosen = getattr(user, self.name, "") if user is not None and user.is_authenticated else ""
        chosen = chosen or self.request.COOKIES.get(self.name, "")
        return chosen if chosen in self.allowed[self.name] else ""


def _demo_mailbox() -> str:
    """Where mails and text messages of the demonstration are read; empty outside of it."""
    return reverse("association:demo_mailbox") if settings.DEMO else ""


def _menu(request):
    return desk.menu_for(request.user, request.path)


def _todo_count(request):
    """How much waits for the person; on every page, so kept until the next change in the house."""
    user = request.user
    return stamps.counted(f"todos.{user.pk}", lambda: len(desk.todos_for(user)), exact=True, user_pk=user.pk)


def _unread_count(user):
    return unread_count(user) if user is not None and user.is_authenticated else 0


def _role_text(user):
    roles = current_roles(user) if user is not None and user.is_authenticated else ()
    return "、".join(Role(r).label for r in Role.values if r in roles) if roles else ""
