"""Erase again everybody who was erased before, after an older state of the database came back by another way."""

from pathlib import Path

from django.core.management.base import BaseCommand

from members import erasure_journal
from members.domain import erasures


class Command(BaseCommand):
    help = "把登记过的个人信息删除再做一遍；恢复备份时自动进行，用别的办法恢复了旧数据时手工运行。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--journal", type=Path, metavar="文件", help="另一份删除登记（备份目录里的 erasures.jsonl）"
        )

    def handle(self, *, journal, **options):
        more = erasure_journal.read(journal.expanduser()) if journal else []
        entries = erasure_journal.add([*more, *erasures.known()])
        count = erasures.replay(entries)
        self.stdout.write(f"删除登记 {len(entries)} 项，涉及 {count} 人，已重做。")
