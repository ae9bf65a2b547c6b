"""What must be right before the house may tell anybody anything; asked when it starts and in CI."""

from importlib import import_module
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning, register
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines

from association import notices, sms


@register
def wordings_exist(app_configs, **kwargs):
    """Every kind of notice has its text, and its text message fits."""
    return [problem for kind in notices.kinds() for problem in _of_kind(kind)]


def _of_kind(kind):
    for name in [kind.template, *([kind.sms_template] if kind.sms else [])]:
        try:
            engines["django"].engine.get_template(name)
        except (TemplateDoesNotExist, TemplateSyntaxError) as error:
            yield Error(f"通知 {kind.name} 的模板 {name} 有误：{error}", id="notices.E001")


@register
def text_messages_fit(app_configs, **kwargs):
    """With the signature, and with every variable at its shortest, a text message has at most 70 characters."""
    found = []
    # The verbs that send text messages bring their wordings along; with the pages all of them are there.
    import_module(settings.ROOT_URLCONF)
    for name in sms.names():
        try:
            text = sms.wording(name)
        except (TemplateDoesNotExist, TemplateSyntaxError):
            # wordings_exist tells of it.
            continue
        shortest = sms.length(sms.signed(sms.VARIABLE.sub("字" * sms.SHORTEST, text)))
        if "\n" in text or "{%" in text or sms.BRACKETS.search(text) or shortest > sms.MAX_LENGTH:
            found.append(
                Error(f"短信模板 {name} 须为一行，不含【】与逻辑，连同签名不超过 70 字。", id="notices.E002")
            )
    return found


@register
def gateway_is_ready(app_configs, **kwargs):
    """A provider is spoken to over TLS and knows our templates by their numbers."""
    if settings.DEMO or not settings.SMS_GATEWAY_URL:
        return []
    found = []
    url = urlsplit(settings.SMS_GATEWAY_URL)
    if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"):
        found.append(Error("SMS_GATEWAY_URL 必须以 https:// 开头。", id="notices.E003"))
    if not settings.SMS_GATEWAY_SECRET:
        found.append(Error("SMS_GATEWAY_SECRET 没有设置。", id="notices.E004"))
    missing = [name for name in sms.names() if name not in settings.SMS_TEMPLATES]
    if missing:
        found.append(
            Warning(f"SMS_TEMPLATES 里没有这些短信模板的报备编号：{'、'.join(missing)}", id="notices.W001")
        )
    return found
