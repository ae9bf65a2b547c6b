"""What visitors read of the association itself: first page, about, privacy policy, accessibility; colours and size."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import views as sitemap_views
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from association import privacy, public
from association.errors import Refused
from association.forms.accounts import PreferencesForm
from association.public_pages import public_page
from association.web import back, go

YEAR = 365 * 24 * 3600
# What search engines have no business in; nothing there could be read without signing in anyway.
CLOSED = (
    "accounts",
    "admin",
    "appearance",
    "columns",
    "events",
    "figures",
    "files",
    "members",
    "preferences",
    "search",
    "today",
)


@require_safe
@public_page
def front(request):
    """Who the association is, what it does for members, what is new, how to join."""
    return render(request, "public/front.html", {"places": public.first_page()})


@require_safe
@public_page
def about(request):
    return render(request, "public/about.html")


@require_safe
@public_page
def accessibility(request):
    return render(request, "public/accessibility.html")


@require_safe
@public_page
def privacy_policy(request, version=""):
    """The policy in force, or one of the published versions by its key."""
    today = localdate()
    current = privacy.in_force(today)
    shown = privacy.find(version) if version else current
    if shown is None:
        raise Http404
    context = {"version": shown, "current": current, "today": today, "versions": privacy.VERSIONS}
    return render(request, "public/privacy.html", context)


# --- colours and size, kept in a cookie for whoever has no account -------------------------------------------


@csrf_exempt
@require_POST
def appearance(request):
    """Set colours or text size of this browser.

    The form stands on pages that all visitors share, which can hold no token; that it was sent from a page of ours is
    seen from the browser's own headers instead.
    """
    if not _sent_from_here(request):
        raise PermissionDenied
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        raise Refused("没有这种显示方式。", status=422)
    response = go(request, back(request, "association:front"))
    for name in form.fields.keys() & request.POST.keys():
        _remember(response, name, form.cleaned_data[name])
    return response


def _sent_from_here(request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    told = request.headers.get("Origin") or request.headers.get("Referer") or ""
    sender = urlsplit(told)
    return (sender.scheme, sender.netloc) == (request.scheme, request.get_host())


def _remember(response, name, value):
    if value:
        response.set_cookie(name, value, max_age=YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(name, samesite="Lax")


# --- for search engines --------------------------------------------------------------------------------------


@require_safe
@public_page
def robots(request):
    lines = ["User-agent: *", *(f"Disallow: /{name}/" for name in CLOSED)]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('association:sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@public_page
def sitemap(request):
    """The list of lists of pages."""
    return sitemap_views.index(request, public.sitemaps, sitemap_url_name="association:sitemap_of").render()


@require_safe
@public_page
def sitemap_of(request, section):
    """One list of pages; `?p=` turns over."""
    return sitemap_views.sitemap(request, public.sitemaps, section).render()


@require_safe
def favicon(request):
    """Browsers that do not read the page's own icon ask here."""
    return redirect(static("img/mark.svg"), permanent=True)
