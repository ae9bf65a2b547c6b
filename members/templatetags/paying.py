"""Filters for amounts kept in whole 分."""

from django import template

from association.money import chinese_of, yuan_of

register = template.Library()


@register.filter
def yuan(cents) -> str:
    """¥12,000.00 of 1200000 分; nothing of nothing."""
    return "" if cents is None or cents == "" else yuan_of(cents)


@register.filter
def yuan_in_words(cents) -> str:
    """壹万贰仟元整 of 1200000 分."""
    return "" if cents is None or cents == "" else chinese_of(cents)
