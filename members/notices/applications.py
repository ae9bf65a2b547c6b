"""What is told about applications to become a member: to the secretariat in its inbox, to applicants at their address.

Applicants have no account, so nothing of theirs can be declined; the kinds name the words and the log.
"""

from association import notices

GROUP = "入会申请"
notices.register("members.application_submitted", "入会申请待初审", group=GROUP)
notices.register("members.application_unpaid", "入会申请逾期未缴费", group=GROUP)

APPLICANT = "致入会申请人"
for name, label in (
    ("received", "已收到入会申请"),
    ("to_mend", "入会申请须补正"),
    ("mending_ends", "补正即将到期"),
    ("admitted", "入会申请已通过"),
    ("refused", "入会申请未通过"),
    ("fee_due", "入会会费待缴"),
    ("fee_late", "入会会费逾期"),
    ("completed", "已成为正式会员"),
    ("expired", "入会申请已失效"),
):
    notices.register(
        f"members.application_{name}", label, sms=True, statutory=True, guests=True, group=APPLICANT
    )
