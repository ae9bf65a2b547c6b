"""Save the database and all stored files into a new folder."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from association.backup import making
from association.backup.tools import BackupRefused


class Command(BaseCommand):
    help = "把数据库和全部文件备份到 目录 下的一个新目录；标准输出只有它的路径。不需要停机。"

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="目录", help="存放各次备份的目录")
        parser.add_argument("--keep", type=int, metavar="N", help="成功后只留最近 N 份，删除更早的")
        parser.add_argument("--no-files", action="store_true", help="不含文件（文件在 S3 里且另有备份时）")

    def handle(self, *, folder, keep, no_files, **options):
        if keep is not None and keep < 1:
            raise CommandError("--keep 至少为 1。")
        try:
            made = making.make(folder.expanduser().resolve(), with_files=not no_files)
        except (BackupRefused, OSError) as error:
            raise CommandError(f"没有备份：{error}") from error
        for gone in making.forget(made.parent, keep=keep) if keep else ():
            self.stderr.write(f"已删除旧备份 {gone}", style_func=str)
        self.stdout.write(str(made))
