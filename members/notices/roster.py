"""What the members app tells people."""

from association import notices

notices.register("members.profile_change_filed", "资料变更待审核", group="会员资料")
notices.register("members.profile_change_decided", "资料变更审核结果", group="会员资料")

# Statutory: people must know where their unit's record has gone, and colleagues what became of what they proposed.
MERGES = "单位合并"
notices.register("members.merge_done", "本单位的档案已合并", statutory=True, group=MERGES)
notices.register("members.merge_undone", "单位档案的合并已撤销", statutory=True, group=MERGES)
notices.register("members.merge_confirmed", "提出的合并已确认", statutory=True, group=MERGES)
notices.register("members.merge_declined", "提出的合并被退回", statutory=True, group=MERGES)
notices.register("members.merge_undo_confirmed", "提出的撤销合并已确认", statutory=True, group=MERGES)
notices.register("members.merge_undo_refused", "提出的撤销合并被退回", statutory=True, group=MERGES)

# They tell of rights: nobody can decline them.
DUTIES = "联系人与职责"
notices.register("members.duty_given", "获得单位的职责", statutory=True, group=DUTIES)
notices.register("members.duty_ended", "单位的职责已结束", statutory=True, group=DUTIES)
notices.register("members.invitation_accepted", "邀请已被接受", group=DUTIES)
