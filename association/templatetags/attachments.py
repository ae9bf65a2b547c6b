"""`{% attachments organization %}`: the files of a record with the form to add one, on any page.

`{% file_address attachment %}` and `{% file_address attachment 'thumbnail' %}`: where one file is.
"""

from django import template

from association.attachments import address, can_see
from association.views.attachments import panel

register = template.Library()
register.simple_tag(address, name="file_address")


@register.inclusion_tag("association/attachments/panel.html", takes_context=True)
def attachments(context, owner):
    """Nothing at all for a person who may not see the record's files."""
    request = context["request"]
    if not can_see(request.user, owner):
        return {"hidden": True}
    return panel(request.user, owner) | {"request": request, "next": request.get_full_path()}
