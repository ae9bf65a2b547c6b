"""What each of the two units of the access test owes, filed and was given: a bill for every state that an address needs."""

from members.domain import receipts, waivers
from members.models import Organization
from tests.factories.attachments import upload
from tests.factories.paying import file_slip, make_bill, pay, receipt_facts


def money(words, unit, account, treasurer) -> dict:
    """Bills of the unit by what stands on them; every text that people typed carries the unit's own words."""
    unit = Organization.objects.get(pk=unit.pk)
    owed, slipped, asked, paid, receipted = (make_bill(unit, year=2010 + n, waivable=True) for n in range(5))
    text = words.open
    slip = file_slip(slipped, account, payer_name=text, note=text, upload=upload(name=f"{text}.pdf"))
    waiver = waivers.ask(asked, by=account, reason=text)
    payment = pay(paid, treasurer, payer_name=text, reference=text)
    pay(receipted, treasurer, payer_name=text)
    facts = receipt_facts(payer_name=text, item=text, check_code=text[:30])
    receipt = receipts.record_receipt(receipted, by=treasurer, number=text, amount=receipted.amount, **facts)
    return {
        "owed": owed.pk, "slip": slip.pk, "waiver": waiver.pk, "paid": paid.pk, "payment": payment.pk,
        "receipt": receipt.pk,
    }  # fmt: skip
