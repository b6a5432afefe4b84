"""A photo says when and where it was taken, is seen upright, and is known again when it was saved anew."""

from datetime import UTC, datetime
from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from langso.evidence import rules
from langso.evidence.photos import distance, perceptual_hash, read_photo, thumbnail
from tests.evidence.samples import exif, jpeg, scene

BIG = (1200, 900)


def _hash(picture: Image.Image) -> int:
    found = perceptual_hash(picture)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(12))
def test_a_photo_saved_again_is_the_same_photo(seed: int) -> None:
    photo = scene(seed, BIG)
    saved = {
        "quality 40, half the size": jpeg(photo.resize((600, 450)), quality=40),
        "a little brighter": jpeg(ImageEnhance.Brightness(photo).enhance(1.1)),
        "a little more contrast": jpeg(ImageEnhance.Contrast(photo).enhance(1.1)),
        "as a messenger sends it": jpeg(photo.resize((320, 240)), quality=60),
    }
    far = {how: distance(_hash(photo), read_photo(made).perceptual_hash or 0) for how, made in saved.items()}

    assert {how: bits for how, bits in far.items() if bits > rules.NEAR} == {}


def test_two_hundred_different_photos_are_told_apart() -> None:
    hashes = [_hash(scene(seed, (320, 240))) for seed in range(200)]
    near = [1 for one, other in combinations(hashes, 2) if distance(one, other) <= rules.NEAR]

    assert len(near) <= 0.01 * 19_900


def test_a_hash_is_a_bigint_of_the_database_and_uses_both_signs() -> None:
    hashes = [_hash(scene(seed, (160, 120))) for seed in range(40)]

    assert all(-(2**63) <= h < 2**63 for h in hashes)
    assert {h < 0 for h in hashes} == {True, False}
    assert (distance(-1, 0), distance(5, 5), distance(0, 3)) == (64, 0, 2)


@pytest.mark.parametrize("colour", ["white", "black", "#7f7f7f"])
def test_a_picture_with_nothing_on_it_is_like_no_other(colour: str) -> None:
    assert perceptual_hash(Image.new("RGB", (400, 300), colour)) is None


def test_time_and_place_are_read_as_the_camera_wrote_them() -> None:
    made = jpeg(scene(3), exif=exif("2026:05:03 08:15:00", place=(22.7412, 104.6838)))
    said = read_photo(made).said

    assert said.taken_at == datetime(2026, 5, 3, 1, 15, tzinfo=UTC)  # no zone beside it: Việt Nam's
    assert said.latitude == pytest.approx(22.7412, abs=1e-5)
    assert said.longitude == pytest.approx(104.6838, abs=1e-5)


def test_a_zone_and_the_southern_half_are_heeded() -> None:
    made = jpeg(scene(3), exif=exif("2026:05:03 23:30:00", offset="+00:00", place=(-8.5, -70.25)))
    said = read_photo(made).said

    assert str(said.taken_on) == "2026-05-04"
    assert (said.latitude, said.longitude) == (-8.5, -70.25)


@pytest.mark.parametrize(
    "written",
    [exif("0000:00:00 00:00:00"), exif("hôm qua"), exif(place=(0.0, 0.0)), Image.Exif()],
)
def test_what_cannot_be_read_is_not_known(written: Image.Exif) -> None:
    said = read_photo(jpeg(scene(3), exif=written)).said

    assert (said.taken_at, said.latitude, said.longitude) == (None, None, None)


def test_facts_that_are_broken_do_not_break_the_photo() -> None:
    made = bytearray(jpeg(scene(3), exif=exif("2026:05:03 08:15:00")))
    start = made.index(b"Exif\0\0") + 6
    made[start + 8 : start + 40] = b"\xff" * 32

    assert read_photo(bytes(made)).perceptual_hash is not None


def _light(picture: Image.Image) -> float:
    return float(np.asarray(picture.convert("L"), dtype=float)[:10].mean())


def test_a_photo_is_seen_as_it_was_held() -> None:
    half = Image.new("RGB", (60, 40), "white")
    half.paste("black", (0, 0, 30, 40))  # black at the left: held upright, it is at the top
    shown = Image.open(BytesIO(thumbnail(jpeg(half, exif=exif(orientation=6)))))

    assert shown.size == (40, 60)
    assert _light(shown) < 30
    turned, held = jpeg(scene(5), exif=exif(orientation=3)), scene(5).rotate(180)
    assert distance(read_photo(turned).perceptual_hash or 0, _hash(held)) <= rules.NEAR


def test_the_small_copy_says_nothing_of_time_and_place() -> None:
    small = thumbnail(jpeg(scene(3, BIG), exif=exif("2026:05:03 08:15:00", place=(22.7, 104.6))))
    shown = Image.open(BytesIO(small))

    assert (shown.format, max(shown.size)) == ("JPEG", 640)
    assert dict(shown.getexif()) == {}
    assert b"Exif" not in small
    assert b"2026:05:03" not in small


def test_a_picture_that_is_see_through_stands_on_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")

    assert _light(Image.open(BytesIO(thumbnail(out.getvalue())))) > 250
