"""What templates and components need of the house: Chinese formatting, questions about fields, the shell's files."""

import functools
from datetime import date, datetime, timedelta
from decimal import Decimal

from django import forms, template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from association import formats
from association import money as money_words
from association.public import menu_for
from association.signing import devices

register = template.Library()

_COMPONENTS = [
    "heading",
    "button",
    "control",
    "field",
    "errors",
    "filters",
    "table",
    "table-phone",
    "status",
    "dialog",
    "empty",
    "timeline",
    "pagination",
    "figure",
    "note",
    "tabs",
    "menu",
    "popmenu",
    "progress",
    "files",
    "facts",
    "diff",
    "todo",
    "chart",
    "search",
]
# In the order of the cascade; the layers are declared at the top of tokens.css.
STYLESHEETS = (
    *(f"css/{name}.css" for name in ("tokens", "reset", "base", "layout")),
    *(f"css/components/{name}.css" for name in _COMPONENTS),
    *(
        f"css/rooms/{name}.css"
        for name in ("desk", "public", "directory", "entrance", "security", "error", "preferences")
    ),
    "css/utilities.css",
    "css/print.css",
)
# What the pages for visitors are made of: a phone fetches half as many files.
_FOR_VISITORS = {
    "heading",
    "button",
    "control",
    "filters",
    "table",
    "empty",
    "pagination",
    "figure",
    "note",
    "facts",
}
_FOR_VISITORS |= {
    "tokens",
    "reset",
    "base",
    "layout",
    "public",
    "directory",
    "error",
    "utilities",
    "print",
    "status",
}
PUBLIC_STYLESHEETS = tuple(
    path for path in STYLESHEETS if path.rpartition("/")[2].removesuffix(".css") in _FOR_VISITORS
)
BEHAVIOURS = (
    "search-key",
    "dialog",
    "menu",
    "select",
    "row",
    "query",
    "asked",
    "multiple",
    "fit",
    "tabs",
    "dirty",
    "draft",
    "once",
    "files",
    "live",
    "passkey",
    "go-on",
)


@register.simple_tag
@functools.cache
def stylesheets() -> SafeString:
    """The <link> tags of every style file. Built once: forty look-ups on each page would cost a millisecond."""
    return _links(STYLESHEETS)


@register.simple_tag
@functools.cache
def public_stylesheets() -> SafeString:
    """The <link> tags of the style files that pages for visitors need."""
    return _links(PUBLIC_STYLESHEETS)


def _links(paths):
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(path),) for path in paths))


@register.simple_tag
@functools.cache
def behaviours() -> SafeString:
    """The <script type="module"> tags of every behaviour."""
    return format_html_join(
        "\n",
        '<script type="module" src="{}"></script>',
        ((static(f"js/behaviours/{name}.js"),) for name in BEHAVIOURS),
    )


@register.simple_tag(takes_context=True)
def public_menu(context) -> list[dict]:
    """The entries of the menu that every visitor sees."""
    request = context.get("request")
    return menu_for(request.path if request is not None else "")


@register.simple_tag
def footer_numbers() -> dict:
    """Address, phone and filing numbers; read here because sign-in pages carry another `site` in their context."""
    return settings.SITE


# --- how the house writes dates, numbers, phones ------------------------------------------------------------


@register.filter
def chinese_date(value) -> str:
    """2023年1月10日; an empty value gives an empty text."""
    return formats.chinese_date(_day(value)) if value else ""


@register.filter
def moment(value) -> str:
    """When something happened, as short as today allows: 今天 16:02, 11月20日 16:02, 2022年3月12日 09:00."""
    if not value:
        return ""
    if not isinstance(value, datetime):
        return formats.chinese_date(value)
    at, now = localtime(value), localtime()
    if at.date() == now.date():
        return f"今天 {at:%H:%M}"
    if at.date() == now.date() - timedelta(days=1):
        return f"昨天 {at:%H:%M}"
    year = "" if at.year == now.year else f"{at.year}年"
    return f"{year}{at.month}月{at.day}日 {at:%H:%M}"


def _day(value) -> date:
    return localtime(value).date() if isinstance(value, datetime) else value


@register.filter
def mobile(value) -> str:
    """138 1234 5678."""
    return formats.show_mobile(value) if value else ""


@register.filter
def device(user_agent) -> str:
    """A browser as a person would name it: 微信，iPhone."""
    return devices.in_words(user_agent)


@register.filter
def area(value) -> str:
    """Square metres the way the trade says them: 11.0 万㎡."""
    return "" if value is None or value == "" else formats.area(value)


@register.filter
def money(value) -> str:
    """¥12,000.00."""
    return "" if value is None or value == "" else money_words.yuan(value)


@register.filter
def money_in_words(value) -> str:
    """大写金额, for whatever may be printed."""
    return "" if value is None or value == "" else money_words.to_chinese(value)


@register.filter
def number(value) -> str:
    """12,345; what is no number comes back as it is."""
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return f"{value:,}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


@register.filter
def file_size(value) -> str:
    """Bytes as 820 B, 12 KB, 3.4 MB."""
    size = float(value or 0)
    if size < 1024:
        return f"{size:.0f} B"
    if size < 1024**2:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024**2:.1f} MB"


@register.filter
def share(done, total) -> int:
    """Whole percent of `total`, rounded down so that 100 means finished."""
    return int(100 * done / total) if total else 0


# --- fields -------------------------------------------------------------------------------------------------


@register.filter
def widget_kind(field) -> str:
    """Which of five shapes a field takes: check, set, file, textarea or control."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if field.use_fieldset:
        return "set"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "textarea" if isinstance(widget, forms.Textarea) else "control"


@register.filter
def first_id(field) -> str:
    """The id of the first control of a field, for a link that leads to it."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label


@register.filter
def field_error_count(form) -> int:
    """How many single things a form asks to be mended; what concerns the whole form is not counted."""
    return sum(
        len(messages) for name, messages in form.errors.items() if name != forms.forms.NON_FIELD_ERRORS
    )
