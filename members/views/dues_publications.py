"""What the members are told of a year's dues: the list, one publication with its versions, publishing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_safe

from association.errors import Refused
from association.listing import PAGE_SIZE
from association.web import confirmed, go, require, respond
from members import permissions
from members.domain import dues_publications as domain
from members.forms.bills import PublicationForm
from members.models import Bill, DuesPublication


@require_safe
@require(permissions.can_see_dues_publication)
def publications(request):
    """The latest version of every year."""
    latest = DuesPublication.objects.order_by("-year", "-number").distinct("year")
    page = Paginator(latest.select_related("published_by"), PAGE_SIZE).get_page(request.GET.get("page"))
    can_publish = permissions.can_publish_dues(request.user)
    years = Bill.objects.filter(kind="dues", year__lte=localdate().year).order_by("-year")
    return respond(
        request,
        "members/dues_publications/list.html",
        page=page,
        can_publish=can_publish,
        years=list(years.values_list("year", flat=True).distinct()) if can_publish else [],
    )


@require_safe
@require(permissions.can_see_dues_publication)
def publication(request, pk):
    found = get_object_or_404(DuesPublication.objects.select_related("published_by"), pk=pk)
    versions = DuesPublication.objects.filter(year=found.year).order_by("-number")
    return respond(request, "members/dues_publications/detail.html", publication=found, versions=versions)


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_publish_dues)
@confirmed(posts_only=True)
def publish(request, year):
    """The figures as they stand, and the button that freezes them and tells everybody."""
    form = PublicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.publish(by=request.user, year=year, note=form.cleaned_data["note"])
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, "已公布，并通知了全体会员。")
            return go(request, "members:dues_publication", made.pk)
    figures, latest = (
        domain.figures_of(year),
        DuesPublication.objects.filter(year=year).order_by("-number").first(),
    )
    page = "members/dues_publications/form.html"
    return respond(request, page, form=form, year=year, figures=figures, latest=latest)
