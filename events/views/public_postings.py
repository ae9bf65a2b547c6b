"""What visitors read of demand and supply: kind, category and words of what is open to everybody, and no unit."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from association.listing import PAGE_SIZE
from association.public_pages import public_page
from events.models import Posting


@require_safe
@public_page
def postings(request):
    """Pages of what takes interest today, the latest first."""
    found = Posting.objects.open_to_all().order_by("-published_at", "-pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "public/postings.html", {"page": page})
