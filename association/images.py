"""Redraws an uploaded picture in a child process under limits (`images_child.py`)."""

import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from association import child
from association.images_child import SIZES, TOO_MUCH, UNREADABLE

CHILD = Path(__file__).with_name("images_child.py")
ENDINGS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
TOO_SLOW = "处理这张图片用了太长时间，已停止。请用看图软件另存为普通 JPG 后重新上传。"
EPITAPHS = child.Epitaphs("the picture process", TOO_SLOW, TOO_MUCH, UNREADABLE)


class PictureRefused(Exception):
    """The picture cannot be redrawn; `sentence` says so in Chinese."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Variant:
    """One redrawn picture: `role` is display (at most 2000 pixels a side) or thumbnail (320)."""

    role: str
    media_type: str
    width: int
    height: int
    data: bytes


def redraw(
    source, *, max_pixels: int, timeout: int = 20, memory_mb: int = 768
) -> tuple[tuple[int, int], list[Variant]]:
    """((width, height) as announced, variants) of the picture in the open binary file `source`.

    `timeout` is in seconds, of the clock and of the processor. Raises PictureRefused, whatever the picture does.
    """
    with tempfile.TemporaryDirectory(prefix="picture-") as folder:
        with open(Path(folder, "source"), "wb") as copy:
            shutil.copyfileobj(source, copy)
        order = {"folder": folder, "max_pixels": max_pixels, "timeout": timeout, "memory_mb": memory_mb}
        command = [sys.executable, "-I", "-X", "utf8", str(CHILD), json.dumps(order)]
        try:
            output = child.run(command, timeout + 5, EPITAPHS)
        except child.Died as death:
            raise PictureRefused(death.sentence) from death
        answer = json.loads(output)
        if "refused" in answer:
            raise PictureRefused(answer["refused"])
        return tuple(answer["size"]), [_variant(folder, found) for found in answer["variants"]]


def _variant(folder, found) -> Variant:
    """What the child wrote, looked at again: a decoder that was taken over may have written anything."""
    data = Path(folder, found["role"]).read_bytes()
    if found["role"] not in SIZES or not data.startswith(ENDINGS[found["media_type"]]):
        raise PictureRefused(UNREADABLE)
    return Variant(data=data, **found)
