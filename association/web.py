"""The five moves of a view - fetch, ask, form, verb, respond - and what guards them."""

import functools
import uuid

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from association.domain.editing import Conflict
from association.errors import Refused
from association.models import Submission
from association.signing import identity


def respond(request, template: str, partial: str = "", *, status: int = 0, **context):
    """The page, or its named `partial` when htmx asks for a fragment.

    A bound form in `context` with errors gives 422 unless `status` says otherwise; without JavaScript the whole
    page comes back with the errors beside the fields.
    """
    form = context.get("form")
    if not status:
        status = 422 if form is not None and form.is_bound and form.errors else 200
    name = f"{template}#{partial}" if partial and request.htmx and not request.htmx.boosted else template
    response = render(request, name, context, status=status)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def go(request, to, *args, **kwargs):
    """Send the person to another page after a POST; htmx is told by header, a browser by 303."""
    response = redirect(to, *args, **kwargs)
    if request.htmx:
        location = response["Location"]
        response = render(request, "association/empty.html")
        response["HX-Redirect"] = location
        return response
    response.status_code = 303
    return response


def back(request, to, *args) -> str:
    """Where the form's hidden field `next` leads if that is a page of ours, else the page named `to`."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    # A bare word would be taken for the name of a page.
    return target if ours and target.startswith("/") else reverse(to, args=args)


def rebase(form, conflict):
    """Let a form that lost a race be sent again: the next sending answers to the version now shown beside it."""
    form.data = form.data.copy()
    form.data[form.add_prefix("version")] = str(conflict.record.version)


def show_refusal(form, refused) -> None:
    """Let a refusal of what was typed stand beside the form; any other is none of its business."""
    if refused.status != 422:
        raise refused
    form.add_error(None, refused.sentence)


def settle(request, form, template, act, *, said="已保存。", to=None, **context):
    """The verb and the answer of a page with one form.

    A valid form that was sent makes `act()` call the verb; then `said` is told, a sentence or a function of what the verb
    gave, and the person goes on to `to`: a record or the arguments of `go`, without it what the verb gave. What somebody
    else saved meanwhile stands beside the form with 409, a refusal of what was typed with 422; any other refusal is the
    house's to answer.
    """
    if request.method == "POST" and form.is_valid():
        try:
            made = act()
        except Conflict as conflict:
            rebase(form, conflict)
            return respond(request, template, status=409, form=form, conflict=conflict, **context)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, said(made) if callable(said) else said)
            return go(request, *(to if isinstance(to, tuple) else (to or made,)))
    return respond(request, template, form=form, **context)


def version_of(form) -> int:
    """The version that the person saw, as a valid form holds it; 0 where it does not say."""
    return form.cleaned_data["version"] or 0


def to_sign_in(request):
    """Send a visitor to the sign-in page and from there back to the page they were on: of a form that came too late
    to the one it stood on, because its address may know no GET.

    htmx is told by header: it would follow a redirect itself and put the sign-in page into a corner of the old one.
    """
    response = redirect_to_login(identity.page_of_origin(request), reverse("account_login"))
    return go(request, response["Location"]) if request.htmx else response


def require(question):
    """Let in only those for whom `question(user)` is true: visitors sign in first, others get 403."""

    def decorate(view):
        @functools.wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if not question(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.question = question
        return guarded

    return decorate


def confirmed(view=None, *, posts_only=False):
    """Below `require`: ask again for the password or the second factor when the last time is a quarter of an hour ago.

    For exports, merges, role grants, payments and mass mailings. A POST waits meanwhile and is done afterwards. With
    `posts_only` the page with the form is shown without being asked; leave it out where the form takes files, which
    cannot wait.
    """
    if view is None:
        return functools.partial(confirmed, posts_only=posts_only)

    @functools.wraps(view)
    def again(request, *args, **kwargs):
        if (request.method == "POST" or not posts_only) and not identity.recently_proved(request):
            return identity.ask_again(request)
        return view(request, *args, **kwargs)

    again.confirms = True
    return again


def signed_in(user) -> bool:
    """The question of pages that every account may open."""
    return user.is_authenticated


def idempotent(view):
    """A creating POST with the hidden field `_key` happens once; repeated, it leads where the first one led.

    The key is stored in the transaction of the change: of two at once the second waits for the first. A form
    without a key, or with one that is no UUID, is served as if it were new. A response that is not a redirect
    (errors to mend) does not use the key up.
    """

    @functools.wraps(view)
    def once(request, *args, **kwargs):
        key = _form_key(request)
        if request.method != "POST" or key is None:
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                submission = Submission.objects.create(user=request.user, key=key)
                response = view(request, *args, **kwargs)
                location = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
                if not location:
                    raise _NotFinished(response)
                Submission.objects.filter(pk=submission.pk).update(location=location[:500])
                return response
        except _NotFinished as unfinished:
            return unfinished.response
        except IntegrityError:
            first = Submission.objects.filter(user=request.user, key=key).first()
            if first is None:
                raise
            return go(request, first.location or "association:today")

    return once


class _NotFinished(Exception):
    def __init__(self, response):
        super().__init__()
        self.response = response


def _form_key(request):
    try:
        return uuid.UUID(request.POST.get("_key", ""))
    except ValueError:
        return None
