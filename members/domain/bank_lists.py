"""Verbs on bank lists: upload, assign columns, read in a worker, give up (domain 9, 10.3).

The file stays in the store for as long as it has to be read; afterwards the lines hold all that is needed of it.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate

from association.choices import JobState
from association.domain.activities import record, verb
from association.domain.editing import store
from association.domain.imports import FILE_GONE, shown_name
from association.errors import Refused
from association.exchange import reading
from association.exchange.cells import cell_text
from association.exchange.limits import WorkbookRefused
from association.importing import Progress
from association.jobs import later
from association.models import Job
from association.models.attachment import on_disk
from members.bank import layouts, lines
from members.bank.layouts import FREE, WITHIN, Reading
from members.choices import LineState, StatementState
from members.domain.bank_matching import match_open_lines
from members.models import BankLine, BankStatement

READ_JOB = "members.read_bank_statement"
SHOWN_COLUMNS, SHOWN_CHARACTERS = 40, 60
NOTHING_FOUND = "没有找到收入的行。请确认导出的是本协会账户的收支明细，并且包含收入（贷方）。"


def progress_of(statement) -> Progress:
    """Where the worker says how far it has come."""
    return Progress(f"bank.{statement.pk}")


def is_stuck(statement) -> bool:
    """Whether the worker gave up on a list that it should be reading."""
    if statement.state != StatementState.READING:
        return False
    return Job.objects.filter(key=_job_key(statement), state=JobState.FAILED).exists()


def _job_key(statement):
    return f"{READ_JOB}:{statement.pk}:{statement.version}"


# --- upload -----------------------------------------------------------------------------------------------------


@verb
def upload(file, *, by, is_demo=False) -> BankStatement:
    """Keep a bank's list and have it read in the background. `file` is a Django upload."""
    statement = BankStatement(filename=shown_name(file.name), uploaded_by=by, is_demo=is_demo)
    statement.file.save(file.name, file, save=False)
    try:
        with transaction.atomic():
            statement.save()
            _queue(statement)
    except Exception:
        statement.file.delete(save=False)
        raise
    record("members.bank_list.uploaded", statement, by=by, sentence=f"上传银行流水“{statement.filename}”")
    return statement


def _queue(statement):
    progress_of(statement).step("正在排队")
    later(READ_JOB, key=_job_key(statement), statement_id=statement.pk)


def locked(statement) -> BankStatement:
    """The list, locked: whoever settles its lines waits here for one another. Raises Refused for one that is gone."""
    found = BankStatement.objects.select_for_update().filter(pk=statement.pk).first()
    if found is None:
        raise Refused("这份银行流水已被放弃。")
    return found


@verb
def assign_columns(statement, *, by, version: int, header: int, columns: dict) -> BankStatement:
    """Say where in the list the header stands (from 0, among its rows) and which columns hold what; it is then read.

    Doing it twice changes nothing. Raises Refused when the list does not wait for this, or was assigned otherwise
    meanwhile.
    """
    statement = locked(statement)
    mapping = {"row": header, "columns": columns}
    same = {name: statement.mapping.get(name) for name in mapping} == mapping
    if same and statement.state != StatementState.MAPPING:
        return statement
    if statement.state != StatementState.MAPPING:
        raise Refused(f"这份流水现在是“{statement.get_state_display()}”，不必再对应列。")
    if statement.version != version:
        raise Refused("这份流水的列刚被别人对应过，请看过结果再办。")
    facts = {"mapping": mapping, "layout": FREE, "state": StatementState.READING, "sentence": ""}
    _queue(store(statement, facts))
    sentence = f"对应银行流水“{statement.filename}”的列"
    record("members.bank_list.assigned", statement, by=by, sentence=sentence)
    return statement


@verb
def read_again(statement, *, by) -> BankStatement:
    """Have a list read again on which the worker gave up. Doing it twice reads once; raises Refused otherwise."""
    statement = locked(statement)
    if not is_stuck(statement):
        if statement.state == StatementState.READING:
            return statement
        raise Refused(f"这份流水现在是“{statement.get_state_display()}”，不必再读。")
    _queue(store(statement, {"sentence": ""}))
    record("members.bank_list.again", statement, by=by, sentence=f"重新读取银行流水“{statement.filename}”")
    return statement


@verb
def discard(statement, *, by) -> None:
    """Give a list up, with its lines and its file. Doing it twice changes nothing.

    Raises Refused once money of it has been booked, and while a worker reads it.
    """
    found = BankStatement.objects.select_for_update().filter(pk=statement.pk).first()
    if found is None:
        return
    if found.state == StatementState.READING and not is_stuck(found):
        raise Refused("这份流水正在读取，请等它读完。")
    if found.lines.filter(payments__isnull=False).exists():
        raise Refused("这份流水里已有入账的款项，不能放弃；其余的可以登记为不入账。")
    record("members.bank_list.discarded", found, by=by, sentence=f"放弃银行流水“{found.filename}”")
    file = found.file
    found.lines.all().delete()
    found.delete()
    if file:
        transaction.on_commit(lambda: file.storage.delete(file.name), robust=True)


# --- reading, in a worker ---------------------------------------------------------------------------------------


def read(statement_id: int) -> None:
    """Read the file of a list; called in a worker. It may be run again at any point: lines come in one transaction."""
    statement = BankStatement.objects.filter(pk=statement_id, state=StatementState.READING).first()
    if statement is None:
        return
    progress_of(statement).step("正在读取文件")
    try:
        with on_disk(statement.file) as path:
            sheet = reading.read(path, filename=statement.filename, as_it_stands=True)
    except (FileNotFoundError, ValueError):  # a field without a file raises the latter
        _end(statement, state=StatementState.REFUSED, sentence=FILE_GONE)
    except WorkbookRefused as refused:
        _end(statement, state=StatementState.REFUSED, sentence=refused.sentence)
    else:
        _take_in(statement, sheet)


def _take_in(statement, sheet):
    rows = [row.cells for row in sheet.rows]
    plan = _plan_of(statement, rows)
    head = [[row.number, *map(_shown, row.cells[:SHOWN_COLUMNS])] for row in sheet.rows[:WITHIN]]
    if plan is None:
        _end(statement, state=StatementState.MAPPING, head=head)
        return
    progress_of(statement).step("正在逐行读入")
    parsed = lines.parse(sheet.rows, plan, today=localdate())
    if parsed.errors or not parsed.transfers:
        # What a person assigned may be assigned anew; what a bank wrote has to be mended in the file.
        state = StatementState.MAPPING if plan.layout == FREE else StatementState.REFUSED
        _end(statement, state=state, sentence=parsed.sentence or NOTHING_FOUND, head=head)
        return
    progress_of(statement).step("正在与账单比对")
    _keep(statement, sheet, plan, parsed)


def _shown(cell) -> str:
    return cell_text(cell).strip()[:SHOWN_CHARACTERS]


def _plan_of(statement, rows) -> Reading | None:
    if statement.mapping.get("columns") and statement.mapping["row"] < len(rows):
        return Reading(FREE, statement.mapping["row"], statement.mapping["columns"])
    return layouts.recognise(rows, _remembered())


def _remembered() -> list[tuple]:
    """Headers that somebody assigned before and that were read; the latest assignment of a header comes last."""
    kept = BankStatement.objects.filter(
        layout=FREE, state__in=[StatementState.READY, StatementState.CLOSED]
    ).order_by("-pk")
    mappings = list(kept.values_list("mapping", flat=True)[:100])
    return [(m["header"], m["columns"]) for m in reversed(mappings) if m.get("header")]


@verb
def _end(statement, **facts):
    """Let the reading end without lines."""
    stored = _still_reading(statement)
    if stored is None:
        return
    facts["sentence"] = facts.get("sentence", "")[:300]
    store(stored, facts | {"read_at": timezone.now()})
    if stored.state == StatementState.REFUSED:
        _forget_file(stored)


def _still_reading(statement):
    """The list, locked, if this reading is still the one that counts."""
    stored = BankStatement.objects.select_for_update().filter(pk=statement.pk).first()
    counts = stored and stored.state == StatementState.READING and stored.version == statement.version
    return stored if counts else None


def _forget_file(statement):
    """The file also holds what went out of the account; once the lines are taken from it nobody needs it."""
    file = statement.file
    if not file:
        return
    BankStatement.objects.filter(pk=statement.pk).update(file="")
    transaction.on_commit(lambda: file.storage.delete(file.name), robust=True)


@verb
def _keep(statement, sheet, plan, parsed):
    stored = _still_reading(statement)
    if stored is None:
        return
    # In one order, so that two lists with the same transfers do not wait for each other crosswise.
    transfers = sorted(parsed.transfers, key=lambda t: t.fingerprint)
    found = [
        BankLine(statement=stored, **{name: getattr(t, name) for name in t.__slots__}) for t in transfers
    ]
    # What another list has brought already is passed over by the unique fingerprint.
    BankLine.objects.bulk_create(found, ignore_conflicts=True, batch_size=1000)
    count = stored.lines.count()
    header = layouts.header_of(sheet.rows[plan.header].cells)
    notes = [parsed.remark, *sheet.notes] if count else [_known(parsed)]
    store(stored, {
        "layout": plan.layout,
        "mapping": {"row": plan.header, "columns": plan.columns, "header": header} if plan.layout == FREE else {},
        "head": [],
        "state": StatementState.READY if count else StatementState.CLOSED,
        "sentence": " ".join(filter(None, notes))[:300],
        "line_count": count,
        "skipped_count": parsed.skipped,
        "known_count": len(found) - count,
        "read_at": timezone.now(),
    })  # fmt: skip
    _forget_file(stored)
    match_open_lines()
    sentence = f"读入银行流水“{stored.filename}”：{count} 笔到账"
    record("members.bank_list.read", stored, by=stored.uploaded_by, sentence=sentence)


def _known(parsed) -> str:
    return f"这份流水里的 {len(parsed.transfers)} 笔到账以前都已读入，没有新的。"


def settle(statement) -> None:
    """Say of a locked list whether any of its lines is still open."""
    is_open = statement.lines.filter(state=LineState.OPEN).exists()
    state = StatementState.READY if is_open else StatementState.CLOSED
    if statement.state != state:
        store(statement, {"state": state})
