"""What allauth's own pages leave to us: the code page, proof by code, what waited for it, passkeys, 账号与安全."""

from urllib.parse import quote

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginByCodeStage
from allauth.account.views import ConfirmLoginCodeView, LoginView, RequestLoginCodeView
from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from association.domain import sign_in
from association.errors import Refused
from association.forms.sign_in import CodeForm
from association.signing import identity, reproof
from association.signing.doorkeeper import has_factor, is_bound_to_factor
from association.web import require, respond, signed_in

TOO_OFTEN = "操作太频繁，请稍后再试。"


class FreshStart:
    """Who comes back to the door may begin anew, by another address or way: allauth would send them on to the step
    that they left."""

    def _redirect_to_pending_stage(self, request, stage):
        if request.method == "POST":
            clear_login(request)


class PasswordView(FreshStart, LoginView):
    pass


class AskForCodeView(FreshStart, RequestLoginCodeView):
    pass


class PasskeyView(FreshStart, LoginWebAuthnView):
    pass


@method_decorator(
    login_stage_required(stage=LoginByCodeStage.key, redirect_urlname="account_request_login_code"),
    name="dispatch",
)
class CodeView(ConfirmLoginCodeView):
    """allauth's page for a code, where asking for another one is counted and unknown people are answered alike."""

    def _resend_form_valid(self, form):
        process = self._process
        address = process.state.get("phone") or process.state.get("email")
        if not ratelimit.consume(self.request, action="request_login_code", key=address):
            messages.error(self.request, TOO_OFTEN)
        elif process.user:
            process.resend()
        else:
            process.send()
            process.record_resend()
            process.persist()
        return redirect(self.passthrough_next_url(reverse("account_confirm_login_code")))


class AddPasskeyView(AddWebAuthnView):
    """Asks the device for a key that can sign in alone."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return context


class RemovePasskeyView(RemoveWebAuthnView):
    def form_valid(self, form):
        if not get_factor_adapter().can_delete_authenticator(self.get_object()):
            raise Refused(get_factor_adapter().error_messages["cannot_delete_authenticator"])
        return super().form_valid(form)


class DownloadCodesView(DownloadRecoveryCodesView):
    content_type = "text/plain; charset=utf-8"

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        name = quote("恢复码.txt")
        response["Content-Disposition"] = f"attachment; filename=\"codes.txt\"; filename*=UTF-8''{name}"
        return response


class ReauthenticatePasskeyView(ReauthenticateWebAuthnView):
    def form_invalid(self, form):
        messages.error(self.request, get_factor_adapter().error_messages["incorrect_code"])
        return redirect(self.passthrough_next_url(reverse("mfa_reauthenticate_webauthn")))


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def reauthenticate_by_code(request):
    """Proof for those who have neither password nor second factor: a fresh code to their number or address."""
    if not identity.can_only_use_code(request.user):
        return redirect(identity.proof_page(request.user))
    if request.method == "POST" and request.POST.get("action") == "send":
        if not reproof.send_code(request):
            messages.error(request, TOO_OFTEN)
        return redirect(request.get_full_path())
    form = CodeForm(request.POST or None, code=reproof.expected_code(request))
    if request.method == "POST" and form.is_valid():
        reproof.forget_code(request)
        record_authentication(request, request.user, method="code", reauthenticated=True)
        return redirect(_next(request))
    if form.is_bound:
        reproof.count_failure(request)
    return respond(
        request,
        "account/reauthenticate_by_code.html",
        form=form,
        sent_to=reproof.sent_to(request),
        status=200,
    )


def _next(request) -> str:
    target = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else reverse("association:today")


@require_safe
@require(signed_in)
def go_on(request):
    """Send off again the form that waited for the proof; without a script at the press of a button."""
    waiting = identity.take_waiting(request)
    if waiting is None:
        messages.info(request, "没有等待办理的事，请从头再来。")
        return redirect("association:today")
    return respond(request, "account/continue.html", waiting=waiting)


@require_safe
@require(signed_in)
def security_setup(request):
    """Where staff without a second factor are led, and the one thing they can do."""
    if has_factor(request.user):
        return redirect("association:security")
    return respond(request, "mfa/setup.html", has_to=is_bound_to_factor(request.user))


@require_safe
@require(signed_in)
def security(request):
    """账号与安全: how the person signs in, with what, and where they are signed in now."""
    factors = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    codes = next((f.wrap() for f in factors if f.type == Authenticator.Type.RECOVERY_CODES), None)
    return respond(
        request,
        "account/security.html",
        totp=next((f for f in factors if f.type == Authenticator.Type.TOTP), None),
        passkeys=[f for f in factors if f.type == Authenticator.Type.WEBAUTHN],
        codes_left=len(codes.get_unused_codes()) if codes else None,
        session_count=UserSession.objects.filter(user=request.user).count(),
        sign_ins=sign_in.recent_sign_ins(request.user),
        has_to=is_bound_to_factor(request.user),
    )
