"""Into files instead of into the world: one a message, for the demonstration's mailbox."""

import json
import os
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from association.choices import Channel
from association.gateways.errors import Temporary

KEPT = 2000


class FileGateway:
    """Writes each message whole or not at all; the names sort by time."""

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        return None

    def send(self, delivery):
        """Keep the message as a file. Raises Temporary when the disk does not take it."""
        folder = Path(settings.MAILBOX_DIR)
        path = folder / f"{time.time_ns():020d}-{delivery.pk}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".part")
            draft.write_text(json.dumps(_content(delivery), ensure_ascii=False), "utf-8")
            os.replace(draft, path)
        except OSError:
            raise Temporary("演示邮箱写不进去。", away=True) from None


def _content(delivery) -> dict:
    return {
        "channel": delivery.channel,
        "to": delivery.address,
        "subject": delivery.subject,
        "text": delivery.text,
        "message_id": delivery.message_id,
        "at": timezone.now().isoformat(),
    }


def _files() -> list[Path]:
    folder = Path(settings.MAILBOX_DIR)
    return sorted(folder.glob("*.json"), reverse=True) if folder.is_dir() else []


def written(limit: int = 50, address: str = "") -> list[dict]:
    """The newest messages in the mailbox, newest first, of one address if named; `at` is a moment."""
    found = []
    for path in _files():
        try:
            message = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if not address or address in message["to"]:
            message["at"] = timezone.datetime.fromisoformat(message["at"])
            message["is_sms"] = message["channel"] == Channel.SMS
            found.append(message)
        if len(found) == limit:
            break
    return found


def prune(keep: int = KEPT) -> int:
    """Remove all but the newest messages; gives how many went."""
    old = _files()[keep:]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
