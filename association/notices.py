"""What people may be told: each kind of notice with its name, its ways out, and whether one may decline it.

An app registers its kinds in its own `notices.py`, found when Django starts. The text of the kind `members.joined`
stands in `templates/notices/members/joined.txt` (first line the title, the rest the body) and, where it also goes out
as a text message, in `joined.sms.txt`.
"""

from dataclasses import dataclass

from association.choices import Channel


@dataclass(frozen=True)
class Kind:
    """One kind of notice. Of a `statutory` one nobody can switch off a channel; `group` is what people choose by. One for
    `guests` goes to people without an account (`association.domain.guests`), so nobody chooses anything about it."""

    name: str
    label: str
    group: str
    email: bool = True
    sms: bool = False
    statutory: bool = False
    guests: bool = False

    @property
    def channels(self) -> list[Channel]:
        return [c for c, used in ((Channel.EMAIL, self.email), (Channel.SMS, self.sms)) if used]

    @property
    def template(self) -> str:
        app, _, name = self.name.partition(".")
        return f"notices/{app}/{name}.txt"

    @property
    def sms_template(self) -> str:
        return self.template.removesuffix(".txt") + ".sms.txt"


_kinds: dict[str, Kind] = {}


def register(kind, label, *, email=True, sms=False, statutory=False, guests=False, group="其他"):
    """Let the house tell people things of this kind; `kind` is "app.name"."""
    _kinds[kind] = Kind(kind, label, group, email, sms, statutory, guests)


def get(kind: str) -> Kind:
    """The registered kind; raises KeyError for one that nobody registered."""
    if kind not in _kinds:
        raise KeyError(f"没有登记名为 {kind} 的通知")
    return _kinds[kind]


def label_of(kind: str) -> str:
    """The kind in words, also of one that an older version of the house knew."""
    return _kinds[kind].label if kind in _kinds else ""


def kinds() -> list[Kind]:
    """All registered kinds, by group and label."""
    return sorted(_kinds.values(), key=lambda k: (k.group, k.label))


# The ground floor's own kinds; every other one belongs to an app. None can be declined: they tell of rights.
ACCOUNTS = "账号与职责"
register("association.role_proposed", "职责待确认", statutory=True, group=ACCOUNTS)
register("association.role_confirmed", "职责已生效", statutory=True, group=ACCOUNTS)
register("association.role_rejected", "职责提议被退回", statutory=True, group=ACCOUNTS)
register("association.role_ended", "职责已结束", statutory=True, group=ACCOUNTS)
register("association.account_corrected", "账号已更正", statutory=True, group=ACCOUNTS)
register("association.account_switched", "账号停用或启用", statutory=True, group=ACCOUNTS)
register("association.factor_reset_proposed", "第二步验证待重设", sms=True, statutory=True, group=ACCOUNTS)
register("association.factor_reset_done", "第二步验证已重设", sms=True, statutory=True, group=ACCOUNTS)
