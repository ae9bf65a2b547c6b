"""Telling people: one notice each in their inbox, and letters or text messages beside it as they wish."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import structlog
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.template import Context, engines
from django.utils import timezone

from association import gateways, notices, sms, stamps
from association.choices import Channel
from association.domain import once, outbox
from association.errors import Refused
from association.models import Notice, NoticePreference

log = structlog.get_logger(__name__)

CHUNK = 1000
FOOTER = f"{settings.ASSOCIATION_NAME}\n此信由系统自动发出，请不要直接回复。"
# Instead of a link that a person without an account could not follow.
NO_ACCOUNT = "您还没有协会系统的账号，要在线办理，请让本单位的会员管理员发出邀请，或与协会秘书处联系。"


@dataclass(frozen=True)
class Outsider:
    """Somebody without an account, who is written to directly. `url` is an address of ours that they can open by proving
    their own; without it the letter says how to get an account."""

    full_name: str
    email: str = ""
    mobile: str = ""
    url: str = ""

    def __str__(self):
        return self.full_name


@dataclass(frozen=True)
class Telling:
    """One thing to tell: `recipients` (Users) find it in their inbox, `outsiders` get the letter or the text message
    alone. `key` and `context` as `notify` takes them."""

    recipients: Sequence = ()
    outsiders: Sequence[Outsider] = ()
    about: Any = None
    url: str = ""
    key: str = ""
    context: dict = field(default_factory=dict)


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


def notify_each(tellings: Iterable[Telling], kind, *, by=None) -> int:
    """Tell many different things of one kind, each to its own people; gives how many notices, and letters and text
    messages to outsiders, were written.

    Takes any iterable and keeps about a thousand people in memory; five queries for a thousand, one more where the
    kind may be declined and one for outsiders. With a key each person and each address is told once, as by `notify`,
    also beside other transactions that tell of the same kind: they wait. Whoever has more than a few thousand to tell
    should therefore call this a chunk at a time, each in a transaction of its own. What other people look at is kept:
    a verb or a finished job around this makes it anew.
    """
    known = notices.get(kind)
    told = 0
    with transaction.atomic():
        for chunk in _by_people(tellings):
            if any(telling.key for telling in chunk):
                once.alone_of_kind(known.name)
            stamps.bump_people_after_commit({person.pk for telling in chunk for person in telling.recipients})
            told += _tell_chunk(known, chunk, by)
    return told


def key_of(kind: str, about, key: str) -> str:
    """The key under which a notice of `kind` about this record, or a delivery of it to an outsider, is kept."""
    return _key(kind, ContentType.objects.get_for_model(about).pk if about is not None else None, about, key)


def _by_people(tellings):
    """Lists of tellings that concern about a thousand people together."""
    chunk, people = [], 0
    for telling in tellings:
        chunk.append(telling)
        people += len(telling.recipients) + len(telling.outsiders)
        if people >= CHUNK:
            yield chunk
            chunk, people = [], 0
    if chunk:
        yield chunk


def _tell_chunk(kind, tellings, by) -> int:
    rows, letters = [], []
    for telling in tellings:
        words = Words(kind, _own(telling.url), telling.context | {"about": telling.about, "by": by})
        pattern = _pattern(kind, telling.about, telling.url, telling.key)
        rows += [(person, words, pattern) for person in telling.recipients if person.is_active]
        for outsider in telling.outsiders:
            letters += _outside(outsider, words, pattern)
    return len(_write(rows, kind)) + len(outbox.store(letters))


def _written(recipients, kind, about, url, by, key, context):
    """Chunks of notices as they are written; all in one transaction."""
    words = Words(notices.get(kind), _own(url), context | {"about": about, "by": by})
    seen = set()
    with transaction.atomic():
        stamps.bump_after_commit()
        pattern = _pattern(words.kind, about, url, key)
        if pattern["key"]:
            once.alone(words.kind.name, pattern["key"])
        for people in _chunks(recipients):
            fresh = {p.pk: p for p in people if p.is_active and p.pk not in seen}
            seen.update(fresh)
            yield _write([(person, words, pattern) for person in fresh.values()], words.kind)


def _own(url) -> str:
    """The address, if it is one of ours: a notice never leads elsewhere."""
    if url and (not url.startswith("/") or url.startswith("//") or len(url) > 300 or "\\" in url):
        raise ValueError("通知只能通往本系统的页面")
    return url


def _pattern(kind, about, url, key) -> dict:
    content_type = ContentType.objects.get_for_model(about) if about is not None else None
    return {
        "kind": kind.name,
        "content_type": content_type,
        "object_id": about.pk if content_type else None,
        "url": url,
        "key": _key(kind.name, content_type and content_type.pk, about, key),
    }


def _key(kind, content_type, about, key) -> str:
    subject = f"{content_type}:{about.pk}" if content_type else ""
    return f"{kind}|{subject}|{key}"[:250] if key else ""


def _chunks(recipients):
    found = recipients.iterator(chunk_size=CHUNK) if hasattr(recipients, "iterator") else iter(recipients)
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _write(asked: list, kind) -> list[Notice]:
    """Notices and deliveries for (person, words, pattern) each, but for those who were told under their key."""
    told = _told({(person.pk, pattern["key"]) for person, _, pattern in asked if pattern["key"]})
    now = timezone.now()
    rows, words_of = [], []
    for person, words, pattern in asked:
        if pattern["key"]:
            if (person.pk, pattern["key"]) in told:
                continue
            told.add((person.pk, pattern["key"]))
        title, body = words.letter(person)
        rows.append(Notice(recipient=person, title=title, body=body, created_at=now, **pattern))
        words_of.append(words)
    if rows:
        Notice.objects.bulk_create(rows)
        wanted = zip(_wanted(rows, kind), words_of, strict=True)
        outbox.store([delivery for row, words in wanted for delivery in _deliveries(*row, words)])
    return rows


def _told(pairs) -> set:
    """Those of the (person, key) pairs that stand already. Joined, not `IN`: two lists of a thousand each would be
    looked up a million times."""
    if not pairs:
        return set()
    people, keys = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT told.recipient_id, told.key FROM unnest(%s::bigint[], %s::text[]) AS asked(recipient, key) "
            "JOIN association_notice AS told ON told.recipient_id = asked.recipient AND told.key = asked.key",
            [list(people), list(keys)],
        )
        return set(cursor.fetchall())


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
        link = f"{settings.SITE_URL}{notice.url}" if notice.url else ""
        yield outbox.new_letter(
            person.email,
            _subject(notice.title),
            _letter_text(person, notice.title, notice.body, link),
            **about,
        )
    if Channel.SMS in channels and person.mobile and person.mobile_verified_at and gateways.sends_sms():
        yield from _text_message(person, words, about)


def _outside(person, words, pattern):
    """Letter and text message to somebody without an account; whoever has neither address nor number gets none."""
    about = {"kind": words.kind.name, "key": pattern["key"]}
    if Channel.EMAIL in words.kind.channels and person.email:
        title, body = words.letter(person)
        way = f"{settings.SITE_URL}{_own(person.url)}" if person.url else NO_ACCOUNT
        text = _letter_text(person, title, body, way)
        yield outbox.new_letter(person.email.lower(), _subject(title), text, **about)
    if Channel.SMS in words.kind.channels and person.mobile and gateways.sends_sms():
        yield from _text_message(person, words, about)


def _text_message(person, words, about):
    try:
        yield outbox.new_sms(person.mobile, words.kind.name, words.sms_values(person), **about)
    except Refused as refusal:
        # The notice itself stands; a text message that no carrier takes must not undo the verb.
        log.warning("notice.sms_refused", kind=words.kind.name, reason=refusal.sentence)


def _subject(title) -> str:
    return f"【{settings.ASSOCIATION_NAME}】{title}"


def _letter_text(person, title, body, way) -> str:
    parts = [f"{person.full_name}，您好：", body or title, way, FOOTER]
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
