"""Adding and editing the people of a unit, and ending their duties."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from association.domain.editing import Conflict
from association.web import go, idempotent, rebase, require, respond
from members import permissions
from members.domain import contacts as domain
from members.forms.contacts import ContactForm, EndForm, NewContactForm
from members.models import Contact, ContactRole, Organization
from members.views.organizations import FORM_PAGE, fetch

CONTACTS = "members:organization_contacts"


@require_http_methods(["GET", "POST"])
@require(permissions.can_edit_members)
@idempotent
def add(request, pk):
    organization = fetch(request, pk)
    form = NewContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("duty", "title", "since")}
        contact = domain.add_contact(organization, by=request.user, **data, **form.changes)
        messages.success(request, f"已添加联系人{contact.name}。")
        return go(request, CONTACTS, organization.pk)
    context = {"title": "添加联系人", "submit": "添加", "back": CONTACTS}
    return respond(request, FORM_PAGE, form=form, organization=organization, **context)


@require_http_methods(["GET", "POST"])
@require(permissions.can_edit_members)
def edit(request, pk, contact):
    organization = fetch(request, pk)
    people = Contact.objects.filter(roles__organization=organization).distinct()
    person = get_object_or_404(people, pk=contact)
    form = ContactForm(request.POST or None, instance=get_object_or_404(people, pk=contact))
    context = {
        "form": form,
        "organization": organization,
        "title": f"编辑联系人：{person.name}",
        "back": CONTACTS,
    }
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"] or 0
            domain.update_contact(
                person, by=request.user, organization=organization, version=version, changes=form.changes
            )
        except Conflict as conflict:
            rebase(form, conflict)
            return respond(request, FORM_PAGE, status=409, conflict=conflict, submit="保存", **context)
        messages.success(request, "已保存。")
        return go(request, CONTACTS, organization.pk)
    return respond(request, FORM_PAGE, submit="保存", **context)


@require_http_methods(["GET", "POST"])
@require(permissions.can_edit_members)
def end_duty(request, pk):
    visible = Organization.objects.visible_to(request.user).values("pk")
    role = get_object_or_404(
        ContactRole.objects.select_related("contact", "organization"), pk=pk, organization__in=visible
    )
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.end_duty(role, by=request.user, until=form.cleaned_data["until"])
        messages.success(request, f"{role.contact.name}不再任{role.get_duty_display()}。")
        return go(request, CONTACTS, role.organization_id)
    title = f"结束职责：{role.contact.name}（{role.get_duty_display()}）"
    return respond(
        request,
        FORM_PAGE,
        form=form,
        organization=role.organization,
        title=title,
        submit="结束职责",
        back=CONTACTS,
    )
