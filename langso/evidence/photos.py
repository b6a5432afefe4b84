"""What a photo says of itself, what it looks like to a machine, and a small copy to look at. No Django, no clock."""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from math import isfinite

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from langso.files.content import BROKEN, open_picture
from langso.lib.period import VIETNAM

SIDE = 32  # the photo as the hash sees it
THUMBNAIL = 640  # pixels of the longer side
FLAT = 4.0  # the strongest of the 64 waves is weaker: paper, sky, a lens cap; such photos are all alike
_EXIF, _GPS = 0x8769, 0x8825
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011


@dataclass(frozen=True)
class Said:
    """What the camera wrote into the file; None where it wrote nothing that can be read."""

    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def taken_on(self) -> date | None:
        return self.taken_at.astimezone(VIETNAM).date() if self.taken_at else None


@dataclass(frozen=True)
class Photo:
    said: Said
    perceptual_hash: int | None


def read_photo(content: bytes) -> Photo:
    """Refuses: PictureBroken, PictureTooLarge.  Cost: decodes the picture once, about 0.2 s for 12 megapixels."""
    picture = open_picture(content)
    return Photo(_said(picture), perceptual_hash(_upright(picture)))


def thumbnail(content: bytes) -> bytes:
    """A small JPEG, upright, with nothing in it but the picture.

    Refuses: PictureBroken, PictureTooLarge.
    """
    small = _upright(open_picture(content))
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    written = BytesIO()
    Image.frombytes("RGB", small.size, small.tobytes()).save(written, "JPEG", quality=78, optimize=True)
    return written.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """As it was seen, on white where it is see-through."""
    try:
        turned = ImageOps.exif_transpose(picture) or picture
    except BROKEN:  # what stands in the file beside the picture is wrong; the picture is not
        turned = picture
    if "A" in turned.getbands() or "transparency" in turned.info:
        over = turned.convert("RGBA")
        white = Image.new("RGBA", over.size, "white")
        return Image.alpha_composite(white, over).convert("RGB")
    return turned.convert("RGB")


# ── time and place ───────────────────────────────────────────────────────────


def _said(picture: Image.Image) -> Said:
    try:
        exif = picture.getexif()
        shot, place = exif.get_ifd(_EXIF), exif.get_ifd(_GPS)
        taken = _moment(shot.get(_TAKEN), shot.get(_TAKEN_OFFSET))
        latitude, longitude = _degrees(place.get(2), place.get(1), 90), _degrees(place.get(4), place.get(3), 180)
    except (*BROKEN, ZeroDivisionError):
        return Said()
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):  # 0, 0: a phone without a fix
        latitude = longitude = None
    return Said(taken, latitude, longitude)


def _moment(text: object, offset: object) -> datetime | None:
    """`2026:05:03 08:15:00`, in the zone beside it, else in Việt Nam's."""
    if not isinstance(text, str):
        return None
    plain = text.strip("\0 ")
    try:
        naive = datetime.strptime(plain, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  # the zone follows
    except ValueError:
        return None
    try:
        if isinstance(offset, str) and offset.strip("\0 "):
            return datetime.strptime(f"{plain} {offset.strip(chr(0) + ' ')}", "%Y:%m:%d %H:%M:%S %z")
    except ValueError:
        pass
    return naive.replace(tzinfo=VIETNAM)


def _degrees(parts: object, side: object, most: int) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = (float(p) for p in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not isfinite(value) or not 0 <= value <= most:
        return None
    return round(-value if str(side).strip("\0 ").upper() in ("S", "W") else value, 6)


# ── likeness ─────────────────────────────────────────────────────────────────


def _cosines(side: int) -> NDArray[np.float64]:
    """The matrix of the discrete cosine transform (DCT-II, orthonormal): one wave a row, slowest first."""
    wave, place = np.arange(side)[:, None], np.arange(side)[None, :]
    matrix = np.sqrt(2 / side) * np.cos(np.pi * wave * (2 * place + 1) / (2 * side))
    matrix[0] /= np.sqrt(2)
    return np.asarray(matrix, dtype=np.float64)


_COSINES = _cosines(SIDE)
# The 64 slowest waves but for the mean, which is only the brightness.
_SLOWEST = sorted(((i, j) for i in range(SIDE) for j in range(SIDE) if i + j), key=lambda at: (sum(at), at))[:64]
_ROWS, _COLUMNS = (np.array(axis) for axis in zip(*_SLOWEST, strict=True))


def perceptual_hash(picture: Image.Image) -> int | None:
    """64 bits that stay nearly the same when a photo is saved again, made smaller or a little brighter.

    A bit says whether one slow wave of brightness is above the median of them. Signed, as PostgreSQL keeps a bigint.
    None for a picture with nothing on it.
    """
    grey = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    waves = (_COSINES @ np.asarray(grey, dtype=np.float64) @ _COSINES.T)[_ROWS, _COLUMNS]
    if np.abs(waves).max() < FLAT * SIDE:
        return None
    bits = np.packbits(waves > np.median(waves)).tobytes()
    return int.from_bytes(bits, "big", signed=True)


def distance(one: int, other: int) -> int:
    """In how many of the 64 bits two hashes differ."""
    return ((one ^ other) & (1 << 64) - 1).bit_count()
