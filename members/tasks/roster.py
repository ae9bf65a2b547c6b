"""Background functions of the member roster; primitives in, safe to run twice."""

from association.domain import exports, imports
from association.errors import Refused
from association.jobs import job
from members.columns import ROSTER
from members.domain import duplicates
from members.exchange import export as roster_file
from members.exchange import plan  # noqa: F401  (registers the roster's import plan)
from members.forms.roster import kept_listing


@job("members.check_import")
def check_import(*, batch_id):
    imports.check(batch_id)


@job("members.apply_import")
def apply_import(*, batch_id):
    imports.apply(batch_id)


@job("members.undo_import")
def undo_import(*, batch_id):
    imports.take_back(batch_id)


@job("members.produce_export")
def produce_export(*, export_id):
    exports.produce(export_id, write=_write_roster, check=_check_export)


@job(duplicates.JOB)
def find_duplicates(*, search_id):
    duplicates.run_search(search_id)


@job("members.find_duplicates_nightly")
def find_duplicates_nightly():
    duplicates.start_search(by=None)


def _check_export(export):
    roster_file.check(export.person, export.columns, unmasked=export.is_unmasked)


def _write_roster(export, path, progress):
    listing = kept_listing(export.person, export.query)
    if not listing.is_valid:
        raise Refused("筛选条件已失效（例如标签已被删除），没有生成文件。请重新导出。")
    columns = ROSTER.chosen(export.columns)
    pks = list(listing.ordered.values_list("pk", flat=True))
    progress(0, len(pks))
    notes = roster_file.notes(
        person=export.person,
        conditions=export.conditions,
        total=len(pks),
        columns=columns,
        unmasked=export.is_unmasked,
        reason=export.reason,
    )
    roster_file.write(
        path,
        pks,
        columns=columns,
        as_of=export.as_of,
        format=export.format,
        unmasked=export.is_unmasked,
        notes=notes,
        progress=progress,
    )
