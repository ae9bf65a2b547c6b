"""Amounts of dues in templates: records hold whole 分."""

from django import template

from association import money

register = template.Library()


@register.filter
def cents(amount) -> str:
    """¥12,000.00 for 1200000 分."""
    return "" if amount is None or amount == "" else money.yuan_of(amount)


@register.filter
def cents_in_words(amount) -> str:
    """大写金额 of 分, for whatever may be printed."""
    return "" if amount is None or amount == "" else money.chinese_of(amount)
