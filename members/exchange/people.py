"""The representative and the liaison: whose number a cell corrects, and who takes over from whom."""

from dataclasses import dataclass

from association.columns import masked
from association.exchange.cells import cell_text
from members.choices import ContactDuty
from members.columns import ROSTER
from members.exchange.comparing import WRONG, State, is_masked
from members.exchange.matching import name_key


@dataclass(frozen=True)
class Duty:
    """The columns of one duty; `fields` pairs the further ones with the fields of the person."""

    duty: str
    name: str
    title: str
    fields: dict[str, str]

    @property
    def mobile(self):
        return next(key for key, field in self.fields.items() if field == "mobile")

    @property
    def keys(self):
        return (self.name, *([self.title] if self.title else []), *self.fields)


DUTIES = (
    Duty(
        ContactDuty.REPRESENTATIVE.value,
        "representative",
        "representative_title",
        {"representative_mobile": "mobile"},
    ),
    Duty(
        ContactDuty.LIAISON.value,
        "liaison",
        "",
        {"liaison_mobile": "mobile", "liaison_email": "email"},
    ),
)


def examine(row, known, context) -> None:
    operations = []
    for duty in DUTIES:
        if any(key in row.cells for key in duty.keys):
            state, name = context.compare(row, duty.name, known)
            if state is State.CHANGED:
                operations += _take_over(row, duty, name, known, context)
            elif state is not State.WRONG:
                operations += _correct(row, duty, known, context)
    if operations:
        row.operations["people"] = operations


# --- the same person ------------------------------------------------------------------------------------------


def _correct(row, duty, known, context) -> list[dict]:
    """Changes of the person whom the row names: the present holder, or the one of the file's own day."""
    look = known.then if _names_former_holder(row, duty, known, context) else known.now
    contact, changes, title = look(f"_{duty.name}"), {}, None
    for key, field in duty.fields.items():
        state, value = context.compare(row, key, known)
        if state is State.CHANGED or (state is State.BLANK and not ROSTER[key].required):
            changes[field] = value or ""
            row.differ(key, look(key), value)
    if duty.title:
        state, value = context.compare(row, duty.title, known)
        if state in (State.CHANGED, State.BLANK):
            title = value or ""
            row.differ(duty.title, look(duty.title), value)
    if not changes and title is None:
        return []
    if contact is None:
        row.wrong(duty.name, f"没有填写，不能登记其{'、'.join(_given(row, duty))}")
        return []
    if "mobile" in changes:
        _refuse_two_numbers(row, duty, contact, changes["mobile"], context)
    operation = {"duty": duty.duty, "contact": contact, "fields": changes}
    return [operation | ({"role": look(f"_{duty.name}_role"), "title": title} if title is not None else {})]


def _names_former_holder(row, duty, known, context) -> bool:
    """Whether the row's name is that of the holder on the file's day and not of the present one."""
    cell = row.cells.get(duty.name)
    if cell is None:
        return False
    key = name_key(cell_text(cell))
    return key != name_key(known.now(duty.name)) and key == name_key(known.then(duty.name))


def _given(row, duty):
    keys = [*duty.fields, *([duty.title] if duty.title else [])]
    return [ROSTER[key].header for key in keys if row.cells.get(key) is not None]


def _refuse_two_numbers(row, duty, contact, mobile, context):
    """One person in several rows or duties has one number."""
    other, number = context.mobiles.setdefault(contact, (mobile, row.number))
    if other != mobile:
        where = "本行" if number == row.number else f"第{number}行"
        row.wrong(duty.mobile, f"与{where}同一个人的另一个新号码不一致")


# --- another person -------------------------------------------------------------------------------------------


def _take_over(row, duty, name, known, context) -> list[dict]:
    """A new holder from today (of a new member: from the day of joining); a namesake at the unit is that person."""
    if since := context.units.ahead.get((row.unit, duty.duty)):
        row.wrong(duty.name, f"已登记自 {since} 起换人，请在联系人页办理")
        return []
    namesakes = context.units.namesakes(row.unit, name) if row.unit else []
    mobile = context.peek(row, duty.mobile)
    contact, *has = max(namesakes, key=lambda n: n[1] == mobile, default=(None, "", ""))
    has = dict(zip(("mobile", "email"), has, strict=True))
    fields = {} if contact else {"name": name}
    before = len(row.errors)
    for key, field in duty.fields.items():
        if value := _cell_of_new_holder(row, key, context, has[field]):
            fields[field] = value
    title = context.read(row, duty.title) if duty.title else None
    if len(row.errors) == before and not has["mobile"] and "mobile" not in fields:
        row.wrong(duty.mobile, "没有填写" if row.is_new else "没有填写，换人时须同时填写手机号")
    if contact and "mobile" in fields:
        _refuse_two_numbers(row, duty, contact, fields["mobile"], context)
    if len(row.errors) > before:
        return []
    _show(row, duty, name, fields, title, known)
    return [
        {"duty": duty.duty, "contact": contact, "fields": fields, "take_over": True, "title": title or ""}
    ]


def _cell_of_new_holder(row, key, context, stored):
    """The cleaned cell; a masked one stands for what the namesake already has."""
    cell = row.cells.get(key)
    if cell is not None and is_masked(cell):
        if cell_text(cell).strip() == masked(stored):
            return None
        row.wrong(key, "是隐去了一部分的内容，换人时请填写完整")
        return None
    value = context.read(row, key)
    return None if value is WRONG else value


def _show(row, duty, name, fields, title, known):
    row.differ(duty.name, known.now(duty.name), name)
    for key, field in duty.fields.items():
        if field in fields and fields[field] != known.now(key):
            row.differ(key, known.now(key), fields[field])
    if duty.title in row.cells and (title or None) != (known.now(duty.title) or None):
        row.differ(duty.title, known.now(duty.title), title)
