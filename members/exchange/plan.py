"""The roster's import plan as the kernel knows it."""

from association import importing
from members import permissions
from members.columns import KEY, ROSTER
from members.exchange.apply import apply
from members.exchange.check import check
from members.exchange.layout import columns_for
from members.exchange.undo import undo

PLAN = importing.register(
    importing.ImportPlan(
        key=KEY,
        label="会员名册",
        unit="家单位",
        allowed=permissions.can_import_members,
        headers=lambda: [column.header for column in ROSTER],
        columns_for=columns_for,
        check=check,
        apply=apply,
        undo=undo,
        check_job="members.check_import",
        apply_job="members.apply_import",
        undo_job="members.undo_import",
    )
)
