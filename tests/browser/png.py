"""PNG without an image library: read what Chromium draws, write it in few colours so that it stays light."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
COLORS = 128
_MARK = b"\x89PNG\r\n\x1a\n"


def pixels(png: bytes) -> Pixels:
    """The pixels of an 8-bit RGB or RGBA picture, alpha dropped."""
    width, height, _, kind = struct.unpack(">IIBB", png[16:26])
    step = {2: 3, 6: 4}[kind]
    at, packed = 8, b""
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        packed += png[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += 12 + length
    lines = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * step)
    out = np.zeros((height, width, step), np.uint8)
    above = np.zeros((width, step), np.uint8)
    for y, line in enumerate(lines):
        above = out[y] = _unfiltered(int(line[0]), line[1:].reshape(width, step), above)
    return np.ascontiguousarray(out[:, :, :3])


def _unfiltered(kind: int, row: Pixels, above: Pixels) -> Pixels:
    if kind == 0:
        return row.copy()
    if kind == 1:
        return np.cumsum(row, axis=0, dtype=np.uint8)
    if kind == 2:
        return row + above
    done: list[list[int]] = []
    left = corner = [0] * row.shape[1]
    for now, up in zip(row.tolist(), above.tolist(), strict=True):
        guess = [(a + b) // 2 if kind == 3 else _paeth(a, b, c) for a, b, c in zip(left, up, corner, strict=True)]
        left, corner = [(v + g) & 255 for v, g in zip(now, guess, strict=True)], up
        done.append(left)
    return np.array(done, np.uint8)


def _paeth(a: int, b: int, c: int) -> int:
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def small(picture: Pixels) -> bytes:
    """The same picture with a palette of the colours it uses most; every other pixel takes the nearest of them."""
    height, width, _ = picture.shape
    coarse = (picture >> 2).astype(np.int32)
    keys, where, counts = np.unique(
        (coarse[..., 0] << 12 | coarse[..., 1] << 6 | coarse[..., 2]).ravel(), return_inverse=True, return_counts=True
    )
    colors = np.stack([keys >> 12, keys >> 6 & 63, keys & 63], axis=1)
    exact = np.zeros((len(keys), 3))
    for channel in range(3):
        exact[:, channel] = np.bincount(where, picture[..., channel].ravel(), len(keys)) / counts
    kept = np.argsort(-counts)[:COLORS]
    nearest = ((colors[:, None, :] - colors[kept][None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    indexes = nearest.astype(np.uint8)[where].reshape(height, width)
    lines = np.concatenate([np.zeros((height, 1), np.uint8), indexes], axis=1).tobytes()
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", np.rint(exact[kept]).astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    ]
    return _MARK + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
