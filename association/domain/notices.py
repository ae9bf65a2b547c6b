"""Telling people: one notice each in their inbox, and letters or text messages beside it as they wish."""

import re
from itertools import islice

import structlog
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.template import Context, engines
from django.utils import timezone

from association import gateways, notices, sms, stamps
from association.choices import Channel
from association.domain import outbox
from association.errors import Refused
from association.models import Notice, NoticePreference

log = structlog.get_logger(__name__)

CHUNK = 1000
FOOTER = f"{settings.ASSOCIATION_NAME}\n此信由系统自动发出，请不要直接回复。"


def notify(recipients, kind, *, about=None, url="", by=None, key="", **context) -> list[Notice]:
    """Tell each of `recipients` (Users) once, inside the verb; gives the notices that were written.

    Whose account is closed is told nothing. `url` is an address of ours, where the notice leads. With `key` a person
    is told only once of the same kind, object and key (a due date, say), however often this is called. The text
    comes from the kind's template with `context`, `about`, `by` and, if the template names it, `recipient`.
    Five queries for a thousand people. Raises KeyError for an unregistered kind.
    """
    return [notice for chunk in _written(recipients, kind, about, url, by, key, context) for notice in chunk]


def notify_many(recipients, kind, *, about=None, url="", by=None, key="", **context) -> int:
    """As `notify`, for very many: takes any iterable, keeps no more than a thousand in memory, gives the number."""
    return sum(len(chunk) for chunk in _written(recipients, kind, about, url, by, key, context))


def _written(recipients, kind, about, url, by, key, context):
    """Chunks of notices as they are written; all in one transaction."""
    words = Words(notices.get(kind), _own(url), context | {"about": about, "by": by})
    seen = set()
    with transaction.atomic():
        stamps.bump_after_commit()
        pattern = _pattern(words.kind, about, url, key)
        if pattern["key"]:
            _one_at_a_time(pattern["key"])
        for people in _chunks(recipients):
            fresh = {p.pk: p for p in people if p.is_active and p.pk not in seen}
            seen.update(fresh)
            yield _write(fresh, words, pattern)


def _own(url) -> str:
    """The address, if it is one of ours: a notice never leads elsewhere."""
    if url and (not url.startswith("/") or url.startswith("//") or len(url) > 300 or "\\" in url):
        raise ValueError("通知只能通往本系统的页面")
    return url


def _pattern(kind, about, url, key) -> dict:
    content_type = ContentType.objects.get_for_model(about) if about is not None else None
    subject = f"{content_type.pk}:{about.pk}" if content_type else ""
    return {
        "kind": kind.name,
        "content_type": content_type,
        "object_id": about.pk if content_type else None,
        "url": url,
        "key": f"{kind.name}|{subject}|{key}"[:250] if key else "",
    }


def _one_at_a_time(key):
    """Of two at once the second waits here, and then sees whom the first has told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _chunks(recipients):
    found = recipients.iterator(chunk_size=CHUNK) if hasattr(recipients, "iterator") else iter(recipients)
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _write(people: dict, words, pattern) -> list[Notice]:
    if pattern["key"]:
        told = Notice.objects.filter(recipient__in=people, key=pattern["key"])
        for pk in told.values_list("recipient_id", flat=True):
            del people[pk]
    if not people:
        return []
    now = timezone.now()
    rows = []
    for person in people.values():
        title, body = words.letter(person)
        rows.append(Notice(recipient=person, title=title, body=body, created_at=now, **pattern))
    Notice.objects.bulk_create(rows)
    outbox.store([delivery for row in _wanted(rows, words.kind) for delivery in _deliveries(*row, words)])
    return rows


def _wanted(rows, kind):
    """(notice, channels that its recipient wants to be told by); one query."""
    declined = {}
    if not kind.statutory:
        chosen = NoticePreference.objects.filter(
            user__in=[row.recipient_id for row in rows], subject__in=[kind.group, kind.name]
        )
        # The choice for one kind comes after the one for its group, and so counts.
        for choice in sorted(chosen, key=lambda c: c.subject == kind.name):
            declined[choice.user_id, choice.channel] = not choice.wanted
    for row in rows:
        yield row, [c for c in kind.channels if not declined.get((row.recipient_id, c))]


def _deliveries(notice, channels, words):
    person = notice.recipient
    about = {"user": person, "kind": notice.kind, "notice": notice}
    if Channel.EMAIL in channels and person.email:
        subject = f"【{settings.ASSOCIATION_NAME}】{notice.title}"
        yield outbox.new_letter(person.email, subject, _letter_text(person, notice), **about)
    if Channel.SMS in channels and person.mobile and person.mobile_verified_at and gateways.sends_sms():
        try:
            yield outbox.new_sms(person.mobile, notice.kind, words.sms_values(person), **about)
        except Refused as refusal:
            # The notice itself stands; a text message that no carrier takes must not undo the verb.
            log.warning("notice.sms_refused", kind=notice.kind, reason=refusal.sentence)


def _letter_text(person, notice) -> str:
    link = f"{settings.SITE_URL}{notice.url}" if notice.url else ""
    parts = [f"{person.full_name}，您好：", notice.body or notice.title, link, FOOTER]
    return "\n\n".join(part for part in parts if part)


def template_of(kind):
    return engines["django"].engine.get_template(kind.template)


class Words:
    """The words of one kind of notice. They are put together once for all, unless they differ by person."""

    def __init__(self, kind, url, context):
        self.kind = kind
        self.template = template_of(kind)
        self.context = {"association_name": settings.ASSOCIATION_NAME, "url": url} | context
        self.is_personal = bool(re.search(r"\brecipient\b", self.template.source))
        self.sms_is_personal = kind.sms and "recipient" in sms.variables(kind.name)
        self._common = self._common_sms = None

    def letter(self, person) -> tuple[str, str]:
        """(title, body) for the person."""
        if self.is_personal:
            return self._rendered(person)
        if self._common is None:
            self._common = self._rendered(None)
        return self._common

    def _rendered(self, person):
        text = self.template.render(Context(self.context | {"recipient": person}, autoescape=False))
        title, _, body = text.strip().partition("\n")
        return " ".join(title.split())[:200], re.sub(r"\n\s*\n+", "\n\n", body).strip()

    def sms_values(self, person) -> dict:
        if self.sms_is_personal:
            return sms.fitted(self.kind.name, self.context | {"recipient": person})
        if self._common_sms is None:
            self._common_sms = sms.fitted(self.kind.name, self.context)
        return self._common_sms
