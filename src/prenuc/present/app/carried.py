"""What was read on its way from one process to another: words and numbers, no objects.

What comes back is checked as if a stranger had written it: a process that has read a hostile file
may be one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.observe.series import SpectrumSeries
from prenuc.observe.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prenuc.arrays import Array

MOST_WORDS, MOST_SIGNS = 100_000, 4_000  # of a list; of a text
BESIDE = "beside "  # before the name of an array that stands beside the spectra
TOGETHER = "Drop both files together, or that one before this one"
NO_DATA = "the process that read the file gave no spectra"
NO_VERDICT = "the process that read the file gave no verdict"
NO_FIT = "the process that read the file gave no fit"
FIT = {"scheme", "parameters", "symbols", "derived", "report", "drawn"}  # what is told of one
KINDS = COMPARISON, ABLATIONS = "comparison", "ablations"  # of a verdict
DEEPEST = 6  # lists and tables within each other


def told(data: SpectrumSeries | Trace) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the words and the arrays of spectra or a trace."""
    words = {
        "history": list(data.history),
        "time_unit": data.time_unit,
        "time_name": data.time_name,
        "offset_free": data.offset_free,
    }
    if isinstance(data, Trace):
        return {**words, "kind": "trace", "name": data.name}, {
            "time": data.time,
            "value": data.value,
        }
    arrays = {
        "wavelength": data.wavelength,
        "time": data.time,
        "absorbance": data.absorbance,
        **({} if data.variance is None else {"variance": data.variance}),
        **{BESIDE + name: array for name, array in data.beside.items()},
    }
    words |= {
        "kind": "spectra",
        "labels": list(data.labels),
        "signal": data.signal,
        "metadata": {str(name): str(fact) for name, fact in data.metadata.items()},
    }
    return words, arrays


def made(words: Mapping[str, Any], arrays: Mapping[str, Array]) -> SpectrumSeries | Trace:
    """Return spectra or a trace from words and arrays.

    Args:
        words: As of :func:`told`.
        arrays: The same.

    Raises:
        InputError: They are not those of spectra or a trace.
    """
    common: dict[str, Any] = {
        "history": _texts(words.get("history")),
        "time_unit": _text(words.get("time_unit")),
        "time_name": _text(words.get("time_name")),
        "offset_free": words.get("offset_free") is True,
    }
    if words.get("kind") == "trace":
        time, value = _line(arrays, "time"), _line(arrays, "value", len(arrays["time"]))
        return Trace(time, value, name=_text(words.get("name")), **common)
    if words.get("kind") != "spectra":
        raise InputError(NO_DATA)
    time, nm = _line(arrays, "time"), _line(arrays, "wavelength")
    both, labels = (len(time), len(nm)), _texts(words.get("labels"))
    signal, metadata = words.get("signal"), words.get("metadata")
    if (
        signal not in {"absorbance", "photoluminescence"}
        or len(labels) != len(time)
        or not isinstance(metadata, dict)
    ):
        raise InputError(NO_DATA)
    beside = [name for name in arrays if name.startswith(BESIDE)]
    return SpectrumSeries(
        wavelength=nm,
        time=time,
        absorbance=_shaped(arrays, "absorbance", both),
        variance=_shaped(arrays, "variance", both) if "variance" in arrays else None,
        labels=labels,
        signal=signal,
        metadata=dict(zip(_texts(list(metadata)), _texts(list(metadata.values())), strict=True)),
        beside={_text(n.removeprefix(BESIDE)): _line(arrays, n, len(time)) for n in beside},
        **common,
    )


def verdicts(given: Any) -> list[dict[str, Any]]:
    """Return verdicts (:mod:`prenuc.present.app.verdicts`) with nothing in them but plain data.

    Args:
        given: What a process has told.

    Raises:
        InputError: They are none.
    """
    found = _entries(given, lambda one: one.get("kind") in KINDS, NO_VERDICT)
    if not found:
        raise InputError(NO_VERDICT)
    return found


def fits(given: Any) -> list[dict[str, Any]]:
    """Return fits (:mod:`prenuc.present.app.fitted`) with nothing in them but plain data.

    Args:
        given: What a process has told.

    Raises:
        InputError: They are none.
    """
    return _entries(given, lambda one: one.keys() >= FIT, NO_FIT)


def _entries(
    given: Any, sound: Callable[[dict[str, Any]], bool], refusal: str
) -> list[dict[str, Any]]:
    """Return a list of mappings, each of them sound, with nothing in it but plain data."""
    found = _plain(given, refusal)
    if not isinstance(found, list):
        raise InputError(refusal)
    if not all(isinstance(one, dict) and sound(one) for one in found):
        raise InputError(refusal)
    return found


def _plain(given: Any, refusal: str, depth: int = 0) -> Any:
    """Return lists, tables, texts and numbers, none of them too long or too deep."""
    if given is None or isinstance(given, bool | int):
        return given
    if isinstance(given, float):
        return given if math.isfinite(given) else None
    if isinstance(given, str):
        return _text(given)
    if not isinstance(given, list | dict) or len(given) > MOST_WORDS or depth == DEEPEST:
        raise InputError(refusal)
    if isinstance(given, list):
        return [_plain(one, refusal, depth + 1) for one in given]
    return {_text(name): _plain(one, refusal, depth + 1) for name, one in given.items()}


def _text(given: Any) -> str:
    if not isinstance(given, str) or len(given) > MOST_SIGNS:
        raise InputError(NO_DATA)
    return "".join(sign if sign.isprintable() else "?" for sign in given)


def _texts(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or len(given) > MOST_WORDS:
        raise InputError(NO_DATA)
    return tuple(_text(one) for one in given)


def _line(arrays: Mapping[str, Array], name: str, length: int | None = None) -> Array:
    found = arrays.get(name)
    if found is None or found.ndim != 1 or len(found) != (len(found) if length is None else length):
        raise InputError(NO_DATA)
    return found


def _shaped(arrays: Mapping[str, Array], name: str, shape: tuple[int, ...]) -> Array:
    found = arrays.get(name)
    if found is None or found.shape != shape or math.prod(shape) == 0:
        raise InputError(NO_DATA)
    return found
