"""Inviting people of a unit by link, and opening such a link: by somebody who has no account yet, in any browser."""

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from association import limits
from association.columns import masked
from association.errors import Refused
from association.signing.codes import begin_code_login
from association.signing.identity import came_by_code
from association.web import go, idempotent, require, respond, signed_in
from members import permissions
from members.choices import ContactDuty
from members.domain import contacts, invitations
from members.forms.invitations import ColleagueForm, DutyForm
from members.models import Invitation, Organization
from members.views.organizations import FORM_PAGE, ask, fetch

CONTACTS = "members:organization_contacts"
# In the session: the links that were made in it, each shown once; and the invitation whose code is being typed.
LINKS, ACCEPTING = "house.invitation_links", "house.invitation"


# --- the one who invites ------------------------------------------------------------------------------------
def _page(request, form, organization, title, submit="发出邀请"):
    return respond(
        request, FORM_PAGE, form=form, organization=organization, title=title, submit=submit, back=CONTACTS
    )


def _sent(request, invitation, token):
    """Lead to the page that shows the new link, this once."""
    links = request.session.get(LINKS, {})
    request.session[LINKS] = links | {str(invitation.pk): invitations.address(token)}
    return go(request, "members:invitation_sent", invitation.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@idempotent
def add_colleague(request, pk):
    """A new person of the unit and their invitation in one step; made for a phone."""
    organization = fetch(request, pk)
    ask(permissions.can_keep_contacts_of(request.user, organization))
    form = ColleagueForm(request.POST or None, user=request.user, organization=organization)
    if request.method == "POST" and form.is_valid():
        invitation, token = invitations.invite_colleague(organization, by=request.user, **form.cleaned_data)
        return _sent(request, invitation, token)
    return _page(request, form, organization, "添加同事")


@require_http_methods(["GET", "HEAD", "POST"])
@require(signed_in)
@idempotent
def invite(request, pk, contact):
    """A duty for somebody in the books: at once for who has an account, by invitation for who has none."""
    organization = fetch(request, pk)
    ask(permissions.can_keep_contacts_of(request.user, organization))
    person = get_object_or_404(invitations.people_of(organization), pk=contact)
    form = DutyForm(request.POST or None, user=request.user, organization=organization)
    if request.method != "POST" or not form.is_valid():
        word = "给职责" if person.user_id else "邀请"
        submit = word if person.user_id else "发出邀请"
        return _page(request, form, organization, f"{word}：{person.name}", submit)
    duty = form.cleaned_data["duty"]
    if person.user_id:
        contacts.assign_duty(organization, person, by=request.user, duty=duty)
        messages.success(request, f"{person.name}已有账号，{ContactDuty(duty).label}的职责即时生效。")
        return go(request, CONTACTS, organization.pk)
    invitation, token = invitations.invite(organization, person, by=request.user, duty=duty)
    return _sent(request, invitation, token)


def _find(request, pk):
    """An invitation of a unit whose people the person keeps, else 404 or 403."""
    visible = Organization.objects.visible_to(request.user).values("pk")
    rows = Invitation.objects.select_related("organization", "contact", "invited_by")
    invitation = get_object_or_404(rows, pk=pk, organization__in=visible)
    ask(permissions.can_keep_contacts_of(request.user, invitation.organization))
    return invitation


@require_safe
@require(signed_in)
def sent(request, pk):
    """What was sent where, and the link to copy: once, to the one who made it."""
    invitation = _find(request, pk)
    links = request.session.get(LINKS, {})
    link = links.pop(str(invitation.pk), "")
    if link:
        request.session[LINKS] = links
    contact = invitation.contact
    return respond(
        request,
        "members/invitations/sent.html",
        invitation=invitation,
        organization=invitation.organization,
        link=link,
        mobile=masked(contact.mobile),
        email=masked(contact.email),
    )


@require_POST
@require(signed_in)
def resend(request, pk):
    old = _find(request, pk)
    invitation, token = invitations.invite(old.organization, old.contact, by=request.user, duty=old.duty)
    return _sent(request, invitation, token)


@require_POST
@require(signed_in)
def revoke(request, pk):
    invitation = _find(request, pk)
    invitations.revoke(invitation, by=request.user)
    messages.success(request, f"已撤回对{invitation.contact.name}的邀请，链接已失效。")
    return go(request, CONTACTS, invitation.organization_id)


# --- the one who is invited ---------------------------------------------------------------------------------
@limits.limited("invitation", per_address="300/h")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request, token):
    """The page behind the link; the code is sent when the person asks for it. One page for all links that are dead."""
    found = invitations.usable(token)
    if found is None:
        return respond(request, "members/invitations/dead.html", status=404)
    if request.method == "POST":
        return _send_code(request, found)
    contact, user = found.contact, request.user
    return respond(
        request,
        "members/invitations/open.html",
        invitation=found,
        mobile=masked(contact.mobile),
        email="" if contact.mobile else masked(contact.email),
        other=user if user.is_authenticated and user.pk != found.account_id else None,
    )


def _send_code(request, found):
    if wait := limits.seconds_to_wait("invitation_code", "5/h", f"invitation:{found.pk}"):
        return limits.too_many(request, wait)
    user = invitations.prepare_account(found)
    response = begin_code_login(request, user, next_url=reverse("members:own"))
    request.session[ACCEPTING] = found.pk
    return response


@receiver(user_logged_in, dispatch_uid="members.accept_invitation")
def accept_after_code(sender, request, user, **kwargs):
    """Whoever came by an invitation's code has proved that the address is theirs: the invitation is accepted."""
    pk = request.session.pop(ACCEPTING, None) if request else None
    found = Invitation.objects.filter(pk=pk, account=user).first() if pk else None
    if found is None or not came_by_code(request):
        return
    try:
        invitations.accept(found, user=user)
    except Refused as refused:
        messages.error(request, refused.sentence)
