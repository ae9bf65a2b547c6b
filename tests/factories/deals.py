"""Deals for tests, with a file that shows their landing."""

from django.utils.timezone import localdate

from association.domain import attachments
from events.domain import deals
from tests.factories.attachments import upload

PARTIES = ({"role": "first", "name": "演示运营公司01"}, {"role": "second", "name": "演示科技公司"})


def make_deal(*, by, title="数字展厅共建", parties=PARTIES, signed_on=None, evidence=True, **fields):
    """A signed deal, by default with a contract among its files."""
    made = deals.sign(by=by, title=title, parties=list(parties), signed_on=signed_on or localdate(), **fields)
    if evidence:
        attachments.add(made, upload(name="合同.pdf"), by=by, kind="合同")
    return made


def landed(deal, *, by, on=None, note="场景已投入使用", verifier=None):
    deal = deals.land(deal, by=by, on=on or localdate(), note=note)
    return deals.verify(deal, by=verifier) if verifier else deal
