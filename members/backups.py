"""What the members app does about backups: who was erased stays erased, however old the backup that is restored."""

from pathlib import Path

from association.backup import hooks
from members import erasure_journal
from members.domain import erasures


@hooks.kept_beside
def keep_journal(folder: Path) -> None:
    """Put the journal beside the backups: it is newer than any of them."""
    if entries := erasure_journal.add(erasures.known()):
        erasure_journal.write(folder / erasure_journal.NAME, entries)


@hooks.after_restore
def erase_again(folder: Path, tell) -> None:
    """Erase again everybody whom the database, the house's own journal or the one beside the backup names."""
    beside = erasure_journal.read(folder.parent / erasure_journal.NAME)
    entries = erasure_journal.add([*beside, *erasures.known()])
    if entries:
        count = erasures.replay(entries)
        tell(f"正在重做个人信息的删除：记录 {len(entries)} 项，涉及 {count} 人")
