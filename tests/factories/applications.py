"""Applications to become a member, brought by the verbs to the state that a test needs."""

import time

from django.utils.timezone import localdate

from association import privacy
from members.domain import admissions, applications, drafts
from members.models import Application
from tests.factories import next_code, next_mobile
from tests.factories.attachments import upload

ADDRESS = "13800009999"
BASIS = "理事会决议〔2026〕3号"


def facts(**fields) -> dict:
    """All that an application must say, of a unit that runs a park."""
    return {
        "name": "演示申请单位有限公司", "credit_code": next_code(), "category": "park_operator", "nature": "private",
        "district": "110105", "legal_representative": "王法人", "registered_address": "演示路1号",
        "park_name": "演示申请园", "park_district": "110105", "park_address": "演示路2号", "park_floor_area": 12000,
        "park_industries": ["02"], "representative_name": "李代表", "representative_title": "总经理",
        "representative_mobile": next_mobile(), "liaison_name": "赵联络", "liaison_mobile": next_mobile(),
        "accepts_charter": True, "policy_version": privacy.in_force(localdate()).key,
    } | fields  # fmt: skip


def draft(address=ADDRESS, **fields) -> Application:
    """A draft that could be handed in."""
    application = drafts.write(drafts.begin(address), changes=facts(**fields))
    for kind in drafts.REQUIRED_FILES:
        drafts.add_file(application, upload(name=f"{kind}.pdf"), kind=kind)
    return application


def filed(address=ADDRESS, **fields) -> Application:
    """One that waits to be checked."""
    return drafts.submit(draft(address, **fields))


def passed(by, address=ADDRESS, **fields) -> Application:
    """One that the council has."""
    return applications.pass_on(filed(address, **fields), by=by)


def admitted(by, address=ADDRESS, **fields) -> Application:
    """One that waits to be paid; the year needs a fee standard."""
    return admissions.admit(passed(by, address, **fields), by=by, decided_on=localdate(), basis=BASIS)


def prove(client, address=ADDRESS) -> None:
    """Let a test client's session hold the proof of an address."""
    session = client.session
    session["house.guest"] = {"address": address, "at": time.time()}
    session.save()
