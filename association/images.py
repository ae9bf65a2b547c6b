"""Redraws an uploaded picture in a child process under limits; the child's death is an answer, too.

Only pixels survive: place and camera data, thumbnails, comments, colour profiles and whatever was hidden behind the
picture stay behind. The lower half of this file is the child: it is started as a plain file in an isolated
interpreter, so nothing here may import Django or the rest of the house.
"""

import contextlib
import io
import json
import logging
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
SIZES = {"display": 2000, "thumbnail": 320}
ENDINGS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
TIME_SIGNALS = {signal.SIGALRM, signal.SIGXCPU, signal.SIGKILL}
MAX_OUTPUT_BYTES = 40 * 2**20
HEAVY_BYTES = 2 * 2**20
TOO_SLOW = "处理这张图片用了太长时间，已停止。请用看图软件另存为普通 JPG 后重新上传。"
TOO_MUCH = "处理这张图片需要的内存太多，已停止。请缩小后重新上传。"
UNREADABLE = "图片不完整或已损坏，请重新导出后上传。"

log = logging.getLogger(__name__)


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
        code, output = _run(
            [sys.executable, "-I", "-X", "utf8", str(Path(__file__).resolve()), json.dumps(order)],
            timeout + 5,
        )
        if code:
            raise PictureRefused(_epitaph(code))
        answer = json.loads(output)
        if "refused" in answer:
            raise PictureRefused(answer["refused"])
        return tuple(answer["size"]), [_variant(folder, found) for found in answer["variants"]]


def _run(command, timeout):
    # No environment: the decoder of untrusted pictures has no use for the database's address or the key.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise PictureRefused(TOO_SLOW) from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return process.returncode, output


def _epitaph(code) -> str:
    log.warning("the picture process ended with code %s", code)
    if -code in TIME_SIGNALS:
        return TOO_SLOW
    return TOO_MUCH if code == -signal.SIGABRT else UNREADABLE


def _variant(folder, found) -> Variant:
    """What the child wrote, looked at again: a decoder that was taken over may have written anything."""
    data = Path(folder, found["role"]).read_bytes()
    if found["role"] not in SIZES or not data.startswith(ENDINGS[found["media_type"]]):
        raise PictureRefused(UNREADABLE)
    return Variant(data=data, **found)


# --- the child ------------------------------------------------------------------------------------------------


def main(argument):
    order = json.loads(argument)
    limit(order["timeout"], order["memory_mb"])
    try:
        answer = draw(Path(order["folder"]), order["max_pixels"])
    except MemoryError:
        answer = {"refused": TOO_MUCH}
    except Exception:
        answer = {"refused": UNREADABLE}
    sys.stdout.write(json.dumps(answer))


def limit(seconds, memory_mb):
    """Cap memory, processor time, wall time, output and core files of this process."""
    memory = memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES))
    signal.alarm(seconds + 1)  # should the parent die, this one does not outlive it for long


def draw(folder, max_pixels) -> dict:
    """Redraw folder/source as folder/display and folder/thumbnail; of an animation the first picture."""
    from PIL import Image  # noqa: PLC0415  (after the limits: loading decoders is part of what they guard)

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        picture = Image.open(folder / "source", formats=FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return {"refused": f"图片超过 {max_pixels // 10_000} 万像素，请缩小后上传。"}
    size, keeps_lines = picture.size, picture.format in ("PNG", "GIF")
    variants = []
    for role, side in SIZES.items():
        picture = _clean(picture, side)
        variants.append({"role": role, **_save(picture, folder / role, keeps_lines)})
    return {"size": size, "variants": variants}


def _clean(picture, side):
    """A new picture of at most `side` pixels, upright, in plain colours, with nothing but pixels in it."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    with contextlib.suppress(Exception):  # camera data too broken to say which side is up
        picture = ImageOps.exif_transpose(picture)
    picture = _in_common_colours(picture)
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    return clean


def _in_common_colours(picture):
    """sRGB, with transparency only where there is any: a phone's wide colours would look pale without their profile."""
    from PIL import ImageCms  # noqa: PLC0415

    transparent = picture.has_transparency_data
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256, "L")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        with contextlib.suppress(Exception):  # a broken profile is as good as none
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            picture = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
    return picture.convert("RGBA" if transparent else "RGB")


def _save(picture, path, keeps_lines) -> dict:
    """Drawings and transparent pictures as PNG, photographs and what would be too heavy as JPEG."""
    media_type = "image/jpeg"
    if picture.mode == "RGBA" or keeps_lines:
        picture.save(path, "PNG")
        heavy = picture.mode == "RGB" and path.stat().st_size > HEAVY_BYTES
        media_type = "image/jpeg" if heavy else "image/png"
    if media_type == "image/jpeg":
        picture.save(path, "JPEG", quality=85, progressive=True, optimize=True)
    return {"media_type": media_type, "width": picture.width, "height": picture.height}


if __name__ == "__main__":
    main(sys.argv[1])
