"""What is told about leaving: statutory to the unit, whose membership hangs on it (domain §7: 退会/除名 SE+书面)."""

from association import notices

LEAVING = "退会"
notices.register("members.case_filed", "单位申请退会", group=LEAVING)
notices.register("members.case_taken_back", "退会申请已撤回", group=LEAVING)
notices.register("members.case_arrears", "欠费满期待核对", group=LEAVING)
notices.register("members.case_to_council", "退会事项待理事会", group=LEAVING)
notices.register("members.case_words", "单位的申辩、异议与申诉", group=LEAVING)
notices.register("members.case_urged", "会费催告", sms=True, statutory=True, group=LEAVING)
notices.register("members.case_published", "拟视为退会的公示", statutory=True, group=LEAVING)
notices.register("members.case_hearing", "拟除名与申辩权利", statutory=True, group=LEAVING)
notices.register("members.case_decided", "退会、除名决定", statutory=True, group=LEAVING)
notices.register("members.case_closed", "退会事项终结", statutory=True, group=LEAVING)
notices.register("members.case_appeal_decided", "申诉结果", statutory=True, group=LEAVING)
notices.register("members.rights_suspended", "会员权利暂停", statutory=True, group=LEAVING)
notices.register("members.rights_restored", "会员权利恢复", statutory=True, group=LEAVING)
