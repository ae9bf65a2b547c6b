"""The workbench: what waits for me, and one search over everything."""

from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from association import permissions
from association.desk import desk
from association.domain import accounts as domain
from association.forms.accounts import PreferencesForm
from association.limits import limited
from association.models import Job
from association.web import back, go, require, respond, signed_in

WEEKDAYS = "一二三四五六日"


@require_safe
@require(signed_in)
def today(request):
    now = localtime()
    failed = (
        Job.objects.filter(state="failed").count() if permissions.can_see_job_failures(request.user) else 0
    )
    return respond(
        request,
        "association/today.html",
        heading=f"{now.month}月{now.day}日 星期{WEEKDAYS[now.weekday()]}",
        todos=desk.todos_for(request.user),
        figures=_figures(now.year) if permissions.can_see_figures(request.user) else [],
        year=now.year,
        failed_jobs=failed,
    )


def _figures(year):
    """What has happened this year so far; what counts nothing yet stands on the page of the year's figures."""
    news = [{"figure": f, "value": f.value(year)} for f in desk.figures.values() if f.is_news_in(year)]
    return [row for row in news if row["value"]]


@require_safe
@require(signed_in)
@limited("search", per_person="60/m", per_address="300/m", when=lambda request: request.GET.get("q"))
def search(request):
    text = " ".join(request.GET.get("q", "").split())[:100]
    hits = desk.hits_for(request.user, text) if text else []
    return respond(request, "association/search.html", "results", text=text, hits=hits)


@require(signed_in)
def preferences(request):
    """Colours and text size; kept with the account."""
    if request.method != "POST":
        return respond(
            request, "association/preferences.html", form=PreferencesForm(initial=_appearance(request.user))
        )
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return respond(request, "association/preferences.html", form=form)
    domain.choose_appearance(request.user, **form.cleaned_data)
    return go(request, back(request, "association:preferences"))


def _appearance(user) -> dict:
    return {"theme": user.theme, "text_size": user.text_size}
