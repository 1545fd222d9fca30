"""Numbers as bytes: a header in JSON, then arrays, little endian.

``uint32`` length n of the header | n bytes of JSON | zeros up to a multiple of 8 | arrays. The
header lists every array with name, shape, type and its place from the start of the arrays, each at
a multiple of 8 bytes, so that a page can look at them where they lie.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.arrays import Array

EXACT, COARSE = "float64", "float32"
TYPES: dict[str, np.dtype[Any]] = {EXACT: np.dtype("<f8"), COARSE: np.dtype("<f4")}
MOST_HEADER = 1 << 22  # bytes


def packed(
    header: Mapping[str, Any], arrays: Mapping[str, Array], number_type: str = EXACT
) -> bytes:
    """Return a frame.

    Args:
        header: What else is to be said, as plain data.
        arrays: By name.
        number_type: "float64", or "float32" where a picture is all that is wanted.
    """
    listed, parts, offset = [], [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array, TYPES[number_type]).tobytes()
        shape = list(np.shape(array))
        listed.append({"name": name, "shape": shape, "type": number_type, "offset": offset})
        parts.append(data + bytes(-len(data) % 8))
        offset += len(parts[-1])
    text = json.dumps({**header, "arrays": listed}, allow_nan=False).encode()
    start = len(text).to_bytes(4, "little") + text
    return b"".join([start, bytes(-len(start) % 8), *parts])


def unpacked(frame: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return header and arrays of a frame.

    Raises:
        InputError: It is no frame: cut off, or its header does not fit what follows.
    """
    try:
        size = int.from_bytes(frame[:4], "little")
        if size > MOST_HEADER:
            raise InputError("a frame with too long a header")
        header = json.loads(frame[4 : 4 + size])
        start = 4 + size + -(4 + size) % 8
        arrays = {one["name"]: _array(frame, start, one) for one in header.pop("arrays")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("bytes that are no frame") from error
    return header, arrays


def _array(frame: bytes, start: int, one: Mapping[str, Any]) -> Array:
    kind, shape = TYPES[one["type"]], [int(length) for length in one["shape"]]
    count, offset = math.prod(shape), start + int(one["offset"])
    if min([*shape, count, one["offset"]]) < 0:
        raise InputError("bytes that are no frame")
    found: Array = np.frombuffer(frame, kind, count, offset).reshape(shape).astype(float)
    return found
