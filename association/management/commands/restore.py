"""Put a backup into the configured database and file store, and verify what came out."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from association.backup import restoring
from association.backup.tools import BackupRefused


class Command(BaseCommand):
    help = "把一份备份恢复到空的数据库和空的文件目录，然后逐条检查；只看备份是否完好用 --check。"

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="备份", help="backup 命令输出的目录")
        parser.add_argument("--check", action="store_true", help="只核对备份，什么也不恢复")
        parser.add_argument("--force", action="store_true", help="覆盖已有的数据和文件")

    def handle(self, *, folder, check, force, **options):
        folder = folder.expanduser().resolve()
        try:
            manifest = restoring.read(folder)
            self.tell(
                f"备份完好：{manifest['made_at']}，{len(manifest['tables'])} 张表，{manifest['files']} 个文件"
            )
            if check:
                return
            if not force:
                restoring.refuse_to_overwrite(manifest)
            restoring.restore(folder, manifest, tell=self.tell)
        except (BackupRefused, OSError) as error:
            raise CommandError(f"没有恢复：{error}") from error
        call_command("verify_integrity", files=manifest["with_files"], stdout=self.stdout)

    def tell(self, text):
        self.stderr.write(text, style_func=str)
        self.stderr.flush()
