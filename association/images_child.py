"""The child that redraws a picture: started as a plain file in an isolated interpreter, so nothing here may import Django
or the rest of the house.

Only pixels survive: place and camera data, thumbnails, comments, colour profiles and whatever was hidden behind the
picture stay behind.
"""

import contextlib
import io
import json
import resource
import signal
import sys
import warnings
from pathlib import Path

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
SIZES = {"display": 2000, "thumbnail": 320}
MAX_OUTPUT_BYTES = 40 * 2**20
HEAVY_BYTES = 2 * 2**20
TOO_MUCH = "处理这张图片需要的内存太多，已停止。请缩小后重新上传。"
UNREADABLE = "图片不完整或已损坏，请重新导出后上传。"


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
