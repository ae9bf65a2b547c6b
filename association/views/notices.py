"""The inbox, and what of it also comes by letter or text message."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association import notices as registry
from association.domain import inbox as domain
from association.forms.notices import WishesForm
from association.listing import PAGE_SIZE
from association.models import Notice
from association.web import go, require, respond, signed_in


@require_safe
@require(signed_in)
def notices(request):
    """One's own notices, newest first; looking at them changes nothing."""
    only_unread = request.GET.get("unread") == "1"
    own = Notice.objects.of(request.user)
    page = Paginator(own.unread() if only_unread else own, PAGE_SIZE).get_page(request.GET.get("page"))
    for notice in page:
        notice.label = registry.label_of(notice.kind)
    unread = domain.unread_count(request.user)
    address = reverse("association:notices")
    tabs = [
        {"label": "全部", "url": address, "current": not only_unread},
        {"label": "未读", "url": f"{address}?unread=1", "current": only_unread, "count": unread},
    ]
    return respond(
        request,
        "association/notices/list.html",
        page=page,
        tabs=tabs,
        unread=unread,
        newest=own.values_list("pk", flat=True).first() or 0,
    )


@require_POST
@require(signed_in)
def notice_open(request, pk):
    """Note that the person opens the notice, and lead where it leads."""
    notice = get_object_or_404(Notice.objects.of(request.user), pk=pk)
    domain.mark_read(notice)
    return go(request, notice.url or "association:notices")


@require_POST
@require(signed_in)
def notices_read(request):
    """All notices that were there when the page was made count as read."""
    newest = request.POST.get("up_to", "")
    up_to = int(newest) if newest.isascii() and newest.isdigit() and len(newest) < 18 else 0
    number = domain.mark_all_read(request.user, up_to=up_to)
    messages.success(request, f"已将 {number} 条通知标为已读。" if number else "没有未读的通知。")
    return go(request, "association:notices")


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def notice_preferences(request):
    """Which notices also come by letter or text message; those the law or the charter asks for always do."""
    choices = domain.choices_of(request.user)
    form = WishesForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        domain.choose(request.user, form.cleaned_data["wanted"])
        messages.success(request, "通知方式已保存。")
        return go(request, "association:notice_preferences")
    return respond(request, "association/notices/preferences.html", form=form, groups=choices)
