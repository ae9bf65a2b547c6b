"""Writes the planned postings and matches in bulk: those of the seven 合作对对碰 of 2022, and some of these days."""

from datetime import timedelta

from django.utils.timezone import localdate, now

from association.domain.activities import record_many, verb
from association.models import User
from events import sharing_words
from events.choices import MatchEnding, MatchOrigin, PostingKind, PostingOutcome, SharingBasis, TalkWay
from events.demo import market_plan as plan
from events.models import ContactSharing, Deal, Event, Match, Posting, Talk
from events.models.deal import DealParty
from events.models.match import DAYS_TO_ANSWER
from members.choices import ContactDuty, District, Purpose
from members.models import Consent, ContactRole, Organization

TEXT = "演示：具体要求和时间在对接时商量，内容为演示而写。"
MEMBER_ADDRESS = "member@example.cn"
BUDGETS = ("open", "under_100k", "under_500k", "under_1m", "free")
PLACES = (District.CHAOYANG, District.DONGCHENG, District.HAIDIAN, "")
DAY = timedelta(days=1)


def load(secretary, general) -> None:
    """Write everything once, after the events; without the units that take part nothing is written."""
    units = {unit.name: unit for unit in Organization.objects.filter(name__in=plan.names(), is_demo=True)}
    member = _member_unit()
    if plan.names() - units.keys() or member is None:
        return
    Writer(secretary, general, units | {plan.MEMBER: member}).write()


def _member_unit():
    user = User.objects.filter(email=MEMBER_ADDRESS).first()
    role = ContactRole.objects.current().filter(contact__user=user).order_by("pk").first() if user else None
    return role and role.organization


class Writer:
    """Gathers rows and writes each table in one statement."""

    def __init__(self, secretary, general, units):
        self.secretary, self.general, self.units = secretary, general, units
        self.people = {unit.pk: self._person(unit) for unit in units.values()}
        self.consents = {}
        self.postings, self.matches, self.sharings, self.talks, self.deals, self.parties = (
            [],
            [],
            [],
            [],
            [],
            [],
        )

    def _person(self, unit):
        roles = ContactRole.objects.current().filter(organization=unit).select_related("contact")
        rank = {ContactDuty.MANAGER: 0, ContactDuty.LIAISON: 1}
        found = sorted(roles, key=lambda role: (rank.get(role.duty, 2), role.pk))
        return found[0].contact if found else None

    @verb
    def write(self):
        """One transaction: a demonstration that was cut short leaves nothing of it behind."""
        events = Event.objects.filter(series__code="matchmaking", archived_at__isnull=False)
        for place, event in enumerate(events.select_related("series").order_by("number")[:7]):
            self._of_event(place, event)
        for place, one in enumerate(plan.OPEN):
            self._of_these_days(place, one)
        Posting.objects.bulk_create(self.postings)
        Deal.objects.bulk_create(self.deals)
        DealParty.objects.bulk_create(self.parties)
        Match.objects.bulk_create(self.matches)
        Consent.objects.bulk_create(self.consents.values())
        ContactSharing.objects.bulk_create(self.sharings)
        Talk.objects.bulk_create(self.talks)
        drafted = [(posting, f"起草{posting}") for posting in self.postings]
        record_many("events.posting.drafted", drafted, by=self.secretary)
        asked = [((m, m.posting), f"{m.asker.name}对“{m.posting.title}”表示意向") for m in self.matches]
        record_many("events.match.asked", asked, by=self.secretary)

    # --- 2022 ---

    def _of_event(self, place, event):
        moment = event.starts_at
        for number, pair in enumerate(plan.of_event(place)):
            place_in_year = 3 * place + number
            sides = ((PostingKind.DEMAND, pair.demander), (PostingKind.SUPPLY, pair.supplier))
            demand, supply = (
                self._posting(
                    self.units[name], kind, pair.category, place_in_year, moment - 10 * DAY, event=event
                )
                for kind, name in sides
            )
            self._close(demand, pair, moment + 90 * DAY)
            match = self._match(demand, supply.organization, moment, counter=supply)
            self._end(match, pair.ending, moment, event)

    def _close(self, posting, pair, at):
        if pair.ending in ("landed", "signed"):
            posting.closed_by, posting.closed_at = self.secretary, at
            posting.outcome = PostingOutcome.SOLVED_HERE

    def _end(self, match, ending, moment, event):
        if ending in ("declined", "lapsed", "withdrawn"):
            self._stop(match, ending, moment + 8 * DAY, "" if ending == "withdrawn" else "演示：时间不合适")
            return
        self._agree(match, moment + 2 * DAY)
        self._talk(match, moment + 12 * DAY, "演示：看过场地，约定下一步。")
        if ending in ("failed", "terminated"):
            self._stop(match, ending, moment + 60 * DAY, "演示：双方计划有变")
            return
        deal = self._deal(match, event, localdate(moment + 40 * DAY))
        if ending == "landed":
            deal.landed_on, deal.landed_by = deal.signed_on + 20 * DAY, self.secretary
            deal.landed_note = "演示：已投入使用"
            deal.verified_by, deal.verified_at = self.general, moment + 65 * DAY
        if ending == "ended":
            deal.ended_on, deal.ended_by = deal.signed_on + 30 * DAY, self.secretary
            deal.end_reason = "演示：项目调整"

    # --- these days ---

    def _of_these_days(self, place, one):
        begun = now() - (one.days + 6) * DAY
        posting = self._posting(self.units[one.unit], one.kind, one.category, place, begun, stand=one.stand)
        posting.visibility = one.visibility
        if one.match:
            self._of_today(posting, self.units[one.partner], one)

    def _of_today(self, posting, partner, one):
        moment = now() - one.days * DAY
        match = self._match(posting, partner, moment)
        if one.match == "proposed":
            match.origin, match.asker_agreed_at = MatchOrigin.PROPOSED, None
            match.words = "演示：两家的计划相合"
            self.sharings.pop()
        if one.match in ("proposed", "waiting"):
            return
        self._agree(match, moment + DAY)
        if one.match != "agreed":
            self._talk(match, moment + 2 * DAY, "演示：通了电话，约定看方案。")
        if one.match in ("failed", "terminated"):
            self._stop(match, one.match, now() - 2 * DAY, "演示：双方计划有变")
        if one.match == "signed":
            self._deal(match, None, localdate() - 5 * DAY)

    # --- rows ---

    def _posting(self, unit, kind, category, place, at, *, event=None, stand="published"):
        person = self.people[unit.pk]
        title = plan.title_of(category, kind)
        row = Posting(
            kind=kind, organization=unit, title=f"{title}（演示）", text=TEXT, category=category, event=event,
            budget=BUDGETS[place % len(BUDGETS)], district=PLACES[place % len(PLACES)], contact=person, is_demo=True,
            valid_to=localdate(at) + 180 * DAY, drafted_by=self.secretary,
        )  # fmt: skip
        if stand != "draft":
            # What waits for review was submitted by either, so that each of the two has something to review.
            either = self.general if stand == "submitted" and place % 2 else self.secretary
            row.submitted_by, row.submitted_at = either, at
        if stand == "rejected":
            row.rejected_by, row.rejected_at, row.reject_reason = (
                self.general,
                at + DAY,
                "演示：请写明大致时间",
            )
        if stand in ("published", "expired", "closed"):
            row.published_by, row.published_at = self.general, at + DAY
        if stand == "expired":
            row.valid_to = localdate() - DAY
        if stand == "closed":
            row.closed_by, row.closed_at, row.outcome = (
                self.secretary,
                at + 2 * DAY,
                PostingOutcome.NOT_NEEDED,
            )
        self.postings.append(row)
        return row

    def _match(self, posting, asker, at, *, counter=None):
        row = Match(
            posting=posting, counter=counter, owner=posting.organization, asker=asker, asked_at=at, is_demo=True,
            answer_by=localdate(at) + DAYS_TO_ANSWER * DAY, asker_agreed_at=at,
        )  # fmt: skip
        self.matches.append(row)
        self._share(row, asker, at)
        return row

    def _share(self, match, unit, at):
        person = self.people[unit.pk]
        consent = self.consents.setdefault(
            person.pk,
            Consent(contact=person, purpose=Purpose.SHARE_CONTACT, version=sharing_words.VERSION, how="书面同意（演示）"),
        )  # fmt: skip
        self.sharings.append(
            ContactSharing(
                match=match, organization=unit, contact=person, basis=SharingBasis.STANDING, consent=consent,
                wording=sharing_words.wording(match.other_of(unit).name), version=sharing_words.VERSION,
                given_by=person.user or self.secretary, given_at=at,
            )
        )  # fmt: skip

    def _agree(self, match, at):
        match.owner_agreed_at = match.agreed_at = at
        self._share(match, match.owner, at)

    def _stop(self, match, ending, at, reason):
        match.ended_at, match.ending, match.end_reason = at, MatchEnding(ending), reason
        match.ended_by = None if ending == "lapsed" else self.secretary

    def _talk(self, match, at, text):
        self.talks.append(
            Talk(match=match, held_on=localdate(at), way=TalkWay.MEETING, text=text, noted_by=self.secretary)
        )

    def _deal(self, match, event, signed_on):
        deal = Deal(
            title=match.posting.title, event=event, signed_on=signed_on, registered_by=self.secretary, is_demo=True,
            amount=2_000_000 + 500_000 * (len(self.deals) % 5), content="演示：按约定分两期实施。",
        )  # fmt: skip
        demands = match.posting.kind == PostingKind.DEMAND
        pair = (match.owner, match.asker) if demands else (match.asker, match.owner)
        for position, (role, unit) in enumerate(zip(("first", "second"), pair, strict=True)):
            self.parties.append(
                DealParty(deal=deal, role=role, name=unit.name, organization=unit, position=position)
            )
        match.deal = deal
        self.deals.append(deal)
        return deal
