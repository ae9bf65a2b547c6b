"""Browsers in words, and which of them a person has signed in with before."""

import re

from django.conf import settings

COOKIE = "known_by"
SALT = "association.devices"
REMEMBERED = 365 * 24 * 3600
MOST = 20

# The first that fits counts: most browsers also claim to be Safari, and many claim to be Chrome.
BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Lark", "飞书"), ("QQBrowser", "QQ 浏览器"), ("Edg", "Edge"),
    ("HuaweiBrowser", "华为浏览器"), ("MiuiBrowser", "小米浏览器"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS|OpenHarmony", "鸿蒙"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "安卓"),
    ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def in_words(user_agent: str) -> str:
    """A browser and its system as a person would name them: “微信，iPhone”."""
    found = [
        next((words for mark, words in names if re.search(mark, user_agent or "")), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return "，".join(part for part in found if part) or "未知的设备"


def is_known(request, user) -> bool:
    """Whether this browser bears our mark that the person signed in with it within the last year."""
    return str(user.pk) in _people(request)


def remember(request, response, user):
    """Put the mark into the browser: a signed list of people's numbers, no proof of anything."""
    people = [str(user.pk), *(p for p in _people(request) if p != str(user.pk))][:MOST]
    secure = settings.SESSION_COOKIE_SECURE
    response.set_signed_cookie(
        cookie_name(),
        ".".join(people),
        salt=SALT,
        max_age=REMEMBERED,
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def cookie_name() -> str:
    return f"__Host-{COOKIE}" if settings.SESSION_COOKIE_SECURE else COOKIE


def _people(request) -> list[str]:
    value = request.get_signed_cookie(cookie_name(), default="", salt=SALT, max_age=REMEMBERED)
    return value.split(".") if value else []
