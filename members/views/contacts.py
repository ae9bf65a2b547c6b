"""Adding and editing the people of a unit, and ending their duties."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from association.domain.editing import Conflict
from association.forms.people import BasisForm
from association.web import go, idempotent, rebase, require, respond, signed_in
from members import permissions
from members.choices import ContactDuty
from members.domain import contacts as domain
from members.domain.contact_views import record_views
from members.forms.contacts import ContactForm, EndForm, NewContactForm
from members.models import Contact, ContactRole, Organization
from members.views.organizations import FORM_PAGE, ask, fetch

CONTACTS = "members:organization_contacts"


@require_http_methods(["GET", "HEAD", "POST"])
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


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def edit(request, pk, contact):
    organization = fetch(request, pk)
    people = Contact.objects.filter(roles__organization=organization).distinct()
    person = get_object_or_404(people, pk=contact)
    ask(_may_edit(request.user, organization, person))
    form = ContactForm(request.POST or None, instance=get_object_or_404(people, pk=contact))
    if not permissions.can_edit_members(request.user) and _is_representative(organization, person):
        form.fix_name("会员代表是谁要经审核，请用“变更会员代表”。")
    title = f"编辑联系人：{person.name}"
    context = {"form": form, "organization": organization, "title": title, "back": CONTACTS}
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
    record_views(request.user, [person], f"{organization.name}：编辑联系人")
    return respond(request, FORM_PAGE, submit="保存", **context)


def _may_edit(user, organization, person) -> bool:
    """The secretariat edits anybody; a unit's manager those who hold a duty there today and nowhere else, because a
    person's data are the same wherever they serve."""
    if permissions.can_edit_members(user):
        return True
    units = set(person.roles.current().values_list("organization", flat=True))
    return permissions.can_keep_profile(user, organization) and units == {organization.pk}


def _is_representative(organization, person) -> bool:
    return person.roles.current().filter(organization=organization, duty=ContactDuty.REPRESENTATIVE).exists()


@require_http_methods(["GET", "HEAD", "POST"])
@require(permissions.can_edit_members)
def unlink(request, pk, contact):
    """Take the account from a contact who is not its person; their rights at the units end at once."""
    organization = fetch(request, pk)
    people = Contact.objects.filter(roles__organization=organization, user__isnull=False).distinct()
    person = get_object_or_404(people, pk=contact)
    form = BasisForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain.unlink_account(person, by=request.user, organization=organization, **form.cleaned_data)
        messages.success(request, f"已解除{person.name}与账号的关联，需要时可以重新邀请。")
        return go(request, CONTACTS, organization.pk)
    words = {"title": f"解除账号：{person.name}", "submit": "解除", "kind": "danger", "back": CONTACTS}
    return respond(request, FORM_PAGE, form=form, organization=organization, **words)


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
def end_duty(request, pk):
    visible = Organization.objects.visible_to(request.user).values("pk")
    role = get_object_or_404(
        ContactRole.objects.select_related("contact", "organization"), pk=pk, organization__in=visible
    )
    ask(permissions.can_keep_contacts_of(request.user, role.organization))
    form = EndForm(request.POST if request.method == "POST" else None)
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
        kind="danger",
        back=CONTACTS,
    )
