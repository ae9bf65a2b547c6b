"""Redrawing: only pixels survive, and nothing that a picture does goes beyond its process."""

import io
import json
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from association import child, images
from tests.factories import files

LIMIT = 25_000_000


def redraw(data, **options):
    size, variants = images.redraw(io.BytesIO(data), max_pixels=LIMIT, **options)
    return size, {variant.role: variant for variant in variants}


@pytest.mark.parametrize(
    ("data", "media_type", "display", "thumbnail"),
    [
        (files.picture("JPEG", (3000, 1500)), "image/jpeg", (2000, 1000), (320, 160)),
        (files.picture("WEBP", (300, 100)), "image/jpeg", (300, 100), (300, 100)),
        (files.picture("PNG", (400, 800)), "image/png", (400, 800), (160, 320)),
        (files.picture("PNG", (40, 40), mode="RGBA"), "image/png", (40, 40), (40, 40)),
        (files.picture("WEBP", (40, 40), mode="RGBA"), "image/png", (40, 40), (40, 40)),
        (files.picture("PNG", (40, 40), mode="P", transparency=0), "image/png", (40, 40), (40, 40)),
        (files.picture("PNG", (40, 40), mode="I;16"), "image/png", (40, 40), (40, 40)),
        (files.picture("PNG", (40, 40), mode="1"), "image/png", (40, 40), (40, 40)),
        (files.picture("JPEG", (40, 40), mode="CMYK"), "image/jpeg", (40, 40), (40, 40)),
        (files.picture("JPEG", (40, 40), mode="L"), "image/jpeg", (40, 40), (40, 40)),
        (files.picture("PNG", (20_000, 1)), "image/png", (2000, 1), (320, 1)),
    ],
)
def test_formats_and_sizes(data, media_type, display, thumbnail):
    with Image.open(io.BytesIO(data)) as source:
        announced = source.size
    size, variants = redraw(data)
    assert size == announced
    found = {role: (v.media_type, (v.width, v.height)) for role, v in variants.items()}
    assert found == {"display": (media_type, display), "thumbnail": (media_type, thumbnail)}
    with Image.open(io.BytesIO(variants["display"].data)) as drawn:
        assert drawn.size == display


def test_transparency_is_kept():
    _, variants = redraw(files.picture("PNG", (10, 10), mode="RGBA", colour=(1, 2, 3, 0)))
    assert Image.open(io.BytesIO(variants["display"].data)).getpixel((5, 5))[3] == 0


def test_a_photograph_saved_as_png_becomes_a_light_jpeg():
    noise = Image.effect_noise((1500, 1500), 80)
    data = files.encoded(
        Image.merge("RGB", [noise, noise.rotate(90), noise.rotate(180)]), "PNG", compress_level=1
    )
    _, variants = redraw(data)
    assert variants["display"].media_type == "image/jpeg"
    assert len(variants["display"].data) < len(data) / 2


def test_place_and_camera_data_are_gone_and_the_picture_stands_upright():
    data = files.photo_with_place()
    assert b"SECRET-MAKER" in data
    assert b"SECRET-COMMENT" in data
    _, variants = redraw(data)
    for variant in variants.values():
        drawn = Image.open(io.BytesIO(variant.data))
        assert dict(drawn.getexif()) == {}
        assert "comment" not in drawn.info
        assert b"SECRET" not in variant.data
    upright = Image.open(io.BytesIO(variants["display"].data))
    assert upright.size == (400, 600)
    red, blue = upright.getpixel((200, 20)), upright.getpixel((200, 580))
    assert (red[0] > 200, blue[2] > 200) == (True, True)


@pytest.mark.parametrize("trailer", [files.HTML, files.zip_of("a.class"), b"<?php system($_GET[0]);"])
def test_what_was_hidden_behind_a_picture_is_gone(trailer):
    for form in ("JPEG", "PNG", "WEBP"):
        _, variants = redraw(files.picture(form) + trailer)
        assert not any(trailer[:20] in variant.data for variant in variants.values())


def test_of_an_animation_the_first_picture_stays():
    started = time.monotonic()
    _, variants = redraw(files.animation(2000))
    drawn = Image.open(io.BytesIO(variants["display"].data))
    assert (drawn.format, getattr(drawn, "n_frames", 1)) == ("PNG", 1)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (files.pixel_bomb(), "图片超过 2500 万像素，请缩小后上传。"),
        (files.pixel_bomb(6000), "图片超过 2500 万像素，请缩小后上传。"),
        (files.picture("JPEG", (300, 300))[:500], images.UNREADABLE),
        (b"\x89PNG\r\n\x1a\nnothing", images.UNREADABLE),
        (files.SVG, images.UNREADABLE),
        (files.picture("TIFF"), images.UNREADABLE),
        (b"", images.UNREADABLE),
    ],
)
def test_what_cannot_be_redrawn(data, sentence):
    with pytest.raises(images.PictureRefused) as caught:
        redraw(data)
    assert caught.value.sentence == sentence


def test_a_time_bomb_ends_at_the_limit():
    bomb = files.time_bomb()
    assert len(bomb) < 20_000_000
    started = time.monotonic()
    with pytest.raises(images.PictureRefused) as caught:
        redraw(bomb, timeout=2)
    assert caught.value.sentence == images.TOO_SLOW
    assert time.monotonic() - started < 12


def test_memory_ends_at_the_limit():
    with pytest.raises(images.PictureRefused) as caught:
        redraw(files.picture("PNG", (5000, 5000), mode="RGBA"), memory_mb=160)
    assert caught.value.sentence == images.TOO_MUCH


def test_the_child_knows_no_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for decoders")
    command = [sys.executable, "-I", "-c", "import os; print(sorted(os.environ))"]
    output = child.run(command, 10, images.EPITAPHS)
    assert b"SECRET_KEY" not in output
    assert b"DATABASE_URL" not in output


def test_a_child_that_was_taken_over_cannot_pass_off_something_else(monkeypatch):
    def lie(command, timeout, epitaphs):
        folder = json.loads(command[-1])["folder"]
        Path(folder, "display").write_bytes(files.HTML)
        variant = {"role": "display", "media_type": "image/png", "width": 1, "height": 1}
        return json.dumps({"size": [1, 1], "variants": [variant]}).encode()

    monkeypatch.setattr(child, "run", lie)
    with pytest.raises(images.PictureRefused):
        redraw(files.picture("PNG"))
