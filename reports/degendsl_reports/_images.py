"""Small pictures as PNG, without an imaging library: a matrix is an image, not 16,000 squares."""

import base64
import struct
import zlib
from collections.abc import Sequence

from ._numbers import Number

_NEGATIVE = (36, 128, 196)
_POSITIVE = (214, 84, 16)


def heat_png(values: Sequence[Number], size: int, bound: Number, *, each: int = 1) -> str:
    """A square matrix as a `data:` address: hue by sign, opacity by size up to `bound`.

    Zero is transparent, so that the picture suits light and dark paper alike. each: pixels that
    an entry is wide and tall.
    """
    lines = []
    for row in range(size):
        pixels = bytearray([0])
        for value in values[row * size : (row + 1) * size]:
            share = min(1.0, abs(value or 0.0) / bound)
            pixel = (*(_POSITIVE if (value or 0) > 0 else _NEGATIVE), round(255 * share))
            pixels += bytes(pixel) * each
        lines += [bytes(pixels)] * each
    header = struct.pack(">IIBBBBB", size * each, size * each, 8, 6, 0, 0, 0)
    data = zlib.compress(b"".join(lines), 9)
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content)
        for kind, content in ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    )
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )
