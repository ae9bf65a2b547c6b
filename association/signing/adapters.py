"""How allauth behaves here: nobody opens an account on their own, and every letter and text message leaves by the
outbox, never from the request itself."""

import base64
import hashlib
from datetime import timedelta

import structlog
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime

from association import formats
from association.domain import sign_in
from association.domain.outbox import post_mail, post_sms
from association.errors import Refused
from association.models import User
from association.signing import devices, identity, security_notices
from association.signing.doorkeeper import has_other_factor, is_bound_to_factor

log = structlog.get_logger(__name__)
CODE_LASTS = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
RESET_LASTS = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
MISMATCH = "账号或密码不对。"


class MobileField(forms.CharField):
    """allauth asks for a field of its own for numbers; ours reads the eleven digits however they were written."""

    def clean(self, value):
        value = super().clean(value)
        try:
            return formats.clean_mobile(value) if value else value
        except ValueError as error:
            raise ValidationError(f"{error}。") from None


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "phone_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "invalid_login": MISMATCH,
        "incorrect_code": "验证码不对，请核对后重新输入。",
        "incorrect_password": "密码不对。",
        "enter_current_password": "现在的密码不对。",
        "too_many_login_attempts": "尝试次数过多，请过几分钟再试。",
        "rate_limited": "操作太频繁，请稍后再试。",
        "invalid_password_reset": "链接已失效，请重新申请。",
    }

    # --- who may do what ----------------------------------------------------------------------------------

    def is_open_for_signup(self, request):
        """Accounts are made by invitation of the secretariat."""
        return False

    def is_reauthentication_required(self, *, app, **kwargs):
        """allauth's own pages ask again under the same rule as ours."""
        return not identity.recently_proved(context.request)

    def get_reauthentication_methods(self, user):
        """allauth's, in our words; who has neither password nor second factor types a fresh code."""
        words = {"reauthenticate": "改用密码", "mfa_reauthenticate": "改用动态口令或恢复码"}
        methods = super().get_reauthentication_methods(user)
        for method in methods:
            method["description"] = words.get(method["id"], "改用通行密钥")
        if user.is_authenticated and not get_reauthentication_flows(user):
            url = reverse("association:reauthenticate_by_code")
            methods = [{"id": "code", "description": "改用验证码", "url": url}]
        return methods

    def reauthenticate(self, user, password):
        """Whether it is the person's password; counted like a sign-in, before anything is hashed."""
        key = "email" if user.email else "phone"
        found = self.authenticate(context.request, password=password, **{key: user.email or user.mobile})
        return found is not None and found.pk == user.pk

    def is_safe_url(self, url):
        """Pages of this very host only."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def get_client_ip(self, request):
        """The address past our own proxies; one that did not come through them counts with its own."""
        try:
            return super().get_client_ip(request)
        except ImproperlyConfigured:
            return request.META.get("REMOTE_ADDR") or "0.0.0.0"

    def _get_login_attempts_cache_key(self, request, **credentials):
        # allauth's own leaves the number out: all who sign in by number would share one count.
        login = credentials.get("email") or credentials.get("phone") or credentials.get("username") or ""
        return f"sign-in:{login.lower()}"

    def get_password_change_redirect_url(self, request):
        return reverse("association:security")

    # --- mobile numbers -----------------------------------------------------------------------------------

    def phone_form_field(self, **kwargs):
        return MobileField(**{"label": "手机"} | kwargs)

    def get_user_by_phone(self, phone):
        return User.objects.filter(mobile=phone, is_active=True).first() if phone else None

    def get_phone(self, user):
        return (user.mobile, user.mobile_verified_at is not None) if user.mobile else None

    def set_phone(self, user, phone, verified):
        raise PermissionDenied("手机号由秘书处登记，不在登录流程里改。")

    def set_phone_verified(self, user, phone):
        sign_in.note_mobile_verified(user, phone)

    # --- letters and text messages ------------------------------------------------------------------------

    def send_verification_code_sms(self, user, phone, code, **kwargs):
        self._post_sms(phone, security_notices.CODE_SMS, {"code": code}, user)

    def send_unknown_account_sms(self, phone, **kwargs):
        """Whoever asks gets one message either way; on the person's own phone it says that there is no account."""
        self._post_sms(phone, security_notices.UNKNOWN_SMS, {}, None)

    def _post_sms(self, phone, template, values, user):
        post_sms(
            to=phone, template=template, values=values, secret=True, urgent=True, user=user,
            kind=security_notices.CODE_SMS, keep_trying=CODE_LASTS,
        )  # fmt: skip

    def send_mail(self, template_prefix, email, context):
        words = {"association_name": settings.ASSOCIATION_NAME, "email": email} | context
        subject = render_to_string(f"{template_prefix}_subject.txt", words)
        post_mail(
            to=email,
            subject=self.format_email_subject(subject),
            text=render_to_string(f"{template_prefix}_message.txt", words).strip(),
            secret=True,
            urgent=True,
            user=context.get("user"),
            kind=security_notices.SIGN_IN,
            keep_trying=RESET_LASTS if "password_reset" in template_prefix else CODE_LASTS,
        )

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """The notice that belongs to one of allauth's events, in the inbox and by e-mail."""
        kind = security_notices.EVENTS.get(template_prefix)
        if kind and app_settings.EMAIL_NOTIFICATIONS:
            factor = security_notices.factor_name(template_prefix)
            sign_in.tell(user, kind, **self.circumstances(), factor=factor)

    def circumstances(self) -> dict:
        """When, on which device and from which address of the network, for a notice."""
        request = context.request
        return {
            "at": f"{localtime():%Y年%-m月%-d日 %H:%M}",
            "device": devices.in_words(self.get_http_user_agent(request)),
            "address": self.get_client_ip(request),
        }


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "没有通过。请核对后再试；每个动态口令只能用一次。",
        "cannot_delete_authenticator": "内部人员必须保留至少一种第二步验证，请先增加另一种。",
    }

    def generate_authenticator_name(self, user, type):
        return f"{devices.in_words(context.request.headers.get('User-Agent', ''))} 上的通行密钥"

    def can_delete_authenticator(self, authenticator):
        return not is_bound_to_factor(authenticator.user) or has_other_factor(authenticator)

    def encrypt(self, text):
        """Secrets lie encrypted in the database: who reads a backup cannot pass the second step with it."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """Raises Refused when the server's key is another one than that it was written under."""
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error("second_factor.unreadable")
            raise Refused("服务器换过密钥，原来设置的第二步验证读不出来了。请联系系统管理员重设。") from None


def _fernet():
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    hashes = (hashlib.sha256(f"second factor:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in hashes])
