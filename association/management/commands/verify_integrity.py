"""Ask every invariant of the house whether it holds; exit code 1 when one does not."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError

from association import integrity


class Command(BaseCommand):
    help = "逐条检查数据是否自洽；有一条不符时退出码为 1。"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="标准输出只有 JSON")
        parser.add_argument("--files", action="store_true", help="连同读出每个附件并核对校验值，较慢")
        parser.add_argument(
            "--only", action="append", default=[], metavar="名称", help="只检查这一条，可写多次"
        )
        parser.add_argument("--list", action="store_true", help="只列出名称与内容，不检查")

    def handle(self, *, files, only, **options):
        known = {i.key: i for i in integrity.invariants()}
        if wrong := [key for key in only if key not in known]:
            raise CommandError(f"没有名为 {'、'.join(wrong)} 的检查；名称见 --list。")
        if options["list"]:
            self.stdout.write("\n".join(f"{i.key}：{i.sentence}" for i in known.values()))
            return
        findings = integrity.verify(files=files or bool(only), only=only)
        broken = self._as_json(findings) if options["json"] else self._as_text(findings)
        if broken:
            sys.exit(1)

    def _as_text(self, findings) -> int:
        broken = 0
        for finding in findings:
            broken += finding.is_broken
            word = "不符" if finding.is_broken else "未查" if finding.skipped else "相符"
            reason = f"（{finding.skipped}）" if finding.skipped else ""
            self.stdout.write(f"{word}  {finding.invariant.sentence}{reason}")
            for text in finding.offenders:
                self.stdout.write(f"      {text}")
            if finding.more:
                self.stdout.write(f"      ……以上是前 {len(finding.offenders)} 项")
        self.stdout.write(f"{broken} 条不符。" if broken else "数据自洽。")
        return broken

    def _as_json(self, findings) -> int:
        found = [as_json(finding) for finding in findings]
        broken = sum(f["state"] == "broken" for f in found)
        self.stdout.write(json.dumps({"broken": broken, "invariants": found}, ensure_ascii=False, indent=2))
        return broken


def as_json(finding) -> dict:
    """One finding with its key, sentence, state (holds, broken, skipped) and the offenders that are named."""
    return {
        "key": finding.invariant.key,
        "sentence": finding.invariant.sentence,
        "state": "broken" if finding.is_broken else "skipped" if finding.skipped else "holds",
        "offenders": finding.offenders,
        "more": finding.more,
        "skipped": finding.skipped,
        "seconds": finding.seconds,
    }
