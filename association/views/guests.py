"""Two pages on which a visitor proves that a mobile number or an e-mail address is theirs."""

from django.contrib import messages
from django.views.decorators.http import require_http_methods, require_POST

from association import guests, limits
from association.errors import Refused
from association.forms.guests import GuestAddressForm, GuestCodeForm
from association.web import go, respond

HOME = "/"


@require_http_methods(["GET", "HEAD", "POST"])
def prove(request):
    """Which address; the code goes there, whoever it belongs to."""
    target = guests.target_of(request, HOME)
    form = GuestAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if wait := guests.send_code(request, form.cleaned_data["address"]):
            return limits.too_many(request, wait)
        return go(request, guests.page("prove_code", target))
    return respond(request, "public/prove.html", form=form, next=target)


@limits.limited("guest_code_tries", per_address="300/h", methods=("POST",))
@require_http_methods(["GET", "HEAD", "POST"])
def prove_code(request):
    """The code; once it is right, on to the page that asked for the proof."""
    target, address = guests.target_of(request, HOME), guests.asked(request)
    if not address:
        return go(request, guests.page("prove", target))
    form = GuestCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            guests.prove(request, form.cleaned_data["code"])
        except Refused as refused:
            form.add_error("code", refused.sentence)
        else:
            return go(request, target)
    return respond(request, "public/prove_code.html", form=form, next=target, address=address)


@require_POST
def unprove(request):
    """Take leave of the proved address, on a computer that others use as well."""
    guests.forget(request)
    messages.success(request, "已退出，这个浏览器不再记得你的手机号或邮箱。")
    return go(request, guests.target_of(request, HOME))
