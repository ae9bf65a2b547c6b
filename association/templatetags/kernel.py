"""Template tags of the ground floor: the form key, questions of permission, addresses with parameters."""

import uuid

from django import template
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def idempotency_key():
    """The hidden field that makes a second sending of a form harmless."""
    return format_html('<input type="hidden" name="_key" value="{}">', uuid.uuid4())
