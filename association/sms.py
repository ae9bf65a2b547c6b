"""Text messages: fixed words around variables, approved by the carriers under a number, signed 【…】.

What a carrier would refuse is refused here, before a row is written: more than 70 characters with the signature,
a value of more than 20, a link or brackets inside a value (domain §7).
"""

import re

from django.conf import settings
from django.template import engines

from association import notices
from association.errors import Refused

MAX_LENGTH = 70
MAX_VALUE = 20
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
LINK = re.compile(r"https?:|www\.|\b[a-z0-9-]+\.(?:com|cn|net|org|top|vip)\b", re.IGNORECASE)
BRACKETS = re.compile(r"[【】]")
SHORTEST = 4

_templates: dict[str, str] = {}


def register(name: str, text: str):
    """Let text messages of this wording be sent; variables are written {{ name }}."""
    _templates[name] = text


def names() -> list[str]:
    """Every template there is: registered by themselves, and those of the kinds of notices."""
    return sorted({*_templates, *(kind.name for kind in notices.kinds() if kind.sms)})


def wording(name: str) -> str:
    """The text of a template with its variables; raises KeyError for one that nobody registered."""
    if name in _templates:
        return _templates[name]
    template = engines["django"].engine.get_template(notices.get(name).sms_template)
    return template.source.strip()


def variables(name: str) -> list[str]:
    return list(dict.fromkeys(VARIABLE.findall(wording(name))))


def signed(text: str) -> str:
    return f"【{settings.SMS_SIGNATURE}】{text}"


def length(text: str) -> int:
    """Characters as a carrier counts them: a rare one outside the first plane is two."""
    return len(text.encode("utf-16-le")) // 2


def filled(name: str, values: dict) -> str:
    """The signed text with its values. Raises Refused when a carrier would not take it."""
    text = wording(name)
    if missing := [v for v in variables(name) if v not in values]:
        raise KeyError(f"短信模板 {name} 缺少变量：{'、'.join(missing)}")
    for value in (str(values[v]) for v in variables(name)):
        _check(value)
    text = signed(VARIABLE.sub(lambda found: str(values[found[1]]), text))
    if length(text) > MAX_LENGTH:
        raise Refused(f"短信连同签名不能超过 {MAX_LENGTH} 个字，现在是 {length(text)} 个字。", status=422)
    return text


def _check(value: str):
    if length(value) > MAX_VALUE:
        raise Refused(f"短信中的“{value[:10]}…”超过 {MAX_VALUE} 个字，运营商不予发送。", status=422)
    if LINK.search(value) or BRACKETS.search(value) or re.search(r"[\x00-\x1f\x7f]", value):
        raise Refused("短信的变量里不能有链接、换行或【】。", status=422)


def fitted(name: str, context: dict) -> dict:
    """The template's values taken from `context`, cleaned and shortened until the message fits. Raises Refused when
    it cannot."""
    values = {v: _cleaned(context[v]) for v in variables(name)}
    while length(signed(VARIABLE.sub(lambda found: values[found[1]], wording(name)))) > MAX_LENGTH:
        longest = max(values, key=lambda v: length(values[v]), default=None)
        if longest is None or length(values[longest]) <= SHORTEST:
            raise Refused("短信太长，缩短变量后仍放不下。", status=422)
        values[longest] = values[longest].removesuffix("…")[:-1] + "…"
    return values


def _cleaned(value) -> str:
    text = BRACKETS.sub("", LINK.sub("", " ".join(str(value).split())))
    return text if length(text) <= MAX_VALUE else _cut(text)


def _cut(text):
    while length(text) > MAX_VALUE - 1:
        text = text[:-1]
    return text + "…"
