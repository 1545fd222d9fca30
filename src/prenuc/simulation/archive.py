"""Results in files: labelled arrays as netCDF 3, and what stands behind them as plain JSON text.

Every netCDF library reads the arrays; the mechanism and the protocol travel beside them, class by
class and field by field, so that a run comes back as it was. A hash over all of it tells whether
the file was changed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc import quantities
from prenuc.errors import InputError
from prenuc.facts import family, source, value
from prenuc.mechanism import mechanism, population, reaction
from prenuc.protocol import protocol, steps, words
from prenuc.writing import whole

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import xarray as xr

    from prenuc.arrays import Array

# Where the classes are defined that a mechanism or a protocol can consist of.
_FACTS = (quantities, source, value, family)
_HOMES = (*_FACTS, reaction, population, mechanism, steps, words, protocol)
_CLASSES = {
    name: found
    for home in _HOMES
    for name, found in vars(home).items()
    if isinstance(found, type) and dataclasses.is_dataclass(found)
}
_PLAIN = (str, bool, int, float, type(None))


def known_class(name: str) -> type | None:
    """Return the class of that name that a mechanism or a protocol can consist of.

    Args:
        name: Of the class.
    """
    return _CLASSES.get(name)


def to_plain(
    thing: Any,
    known: Callable[[str], type | None] = known_class,
    array: Callable[[Array], Any] | None = None,
) -> Any:
    """Return a mechanism, a protocol or a part of them as lists, mappings, numbers and texts.

    Args:
        thing: It.
        known: Gives the class of a name, None for one that is not to be saved.
        array: Keeps an array elsewhere, and returns by what it is found again.

    Raises:
        InputError: It holds something of the user's own, which a file cannot bring back.
    """
    if isinstance(thing, np.generic):
        return thing.item()
    if isinstance(thing, _PLAIN):
        return thing
    if isinstance(thing, Mapping):
        parts = {str(key): to_plain(one, known, array) for key, one in thing.items()}
        return {"is": "mapping", "of": parts}
    if isinstance(thing, tuple | list):
        return [to_plain(one, known, array) for one in thing]
    if array is not None and isinstance(thing, np.ndarray):
        return {"is": "array", "of": array(thing)}
    name = type(thing).__name__
    if known(name) is not type(thing) or not dataclasses.is_dataclass(thing):
        raise InputError(f"a '{name}' cannot be saved", "Use the package's own classes")
    fields = [field.name for field in dataclasses.fields(thing) if field.init]
    parts = {field: to_plain(getattr(thing, field), known, array) for field in fields}
    return {"is": name, "of": parts}


def from_plain(
    plain: Any,
    known: Callable[[str], type | None] = known_class,
    array: Callable[[Any], Array] | None = None,
) -> Any:
    """Return what :func:`to_plain` was given, sequences as tuples.

    Args:
        plain: It.
        known: Gives the class of a name, as there.
        array: Gives the array that was kept elsewhere.

    Raises:
        KeyError: A class is not known.
        TypeError: A class has other fields by now.
    """
    if isinstance(plain, list):
        return tuple(from_plain(one, known, array) for one in plain)
    if not isinstance(plain, dict):
        return plain
    if array is not None and plain["is"] == "array":
        return array(plain["of"])
    parts = {name: from_plain(one, known, array) for name, one in plain["of"].items()}
    if plain["is"] == "mapping":
        return parts
    made = known(plain["is"])
    if made is None:
        raise KeyError(plain["is"])
    return made(**parts)


def write(path: str | os.PathLike[str], data: xr.Dataset, behind: Mapping[str, Any]) -> None:
    """Write labelled arrays and what stands behind them; empty arrays are left out.

    Args:
        path: The file; it is written whole or not at all.
        data: The arrays.
        behind: Anything that :func:`to_plain` takes, by name.

    Raises:
        InputError: The file cannot be written, or something cannot be saved.
    """
    empty = [name for name, array in data.variables.items() if array.size == 0]
    data = data.drop_vars(empty)
    data.attrs["prenuc"] = json.dumps(to_plain(behind), ensure_ascii=False)
    data.attrs["versions"] = json.dumps(
        {name: version(name) for name in ("prenuc", "numpy", "scipy", "xarray")}
        | {"python": platform.python_version()}
    )
    data.attrs["sha256"] = _hash(data)
    with whole(Path(path)) as partial:
        data.to_netcdf(partial, engine="scipy", format="NETCDF3_64BIT")


def read(path: str | os.PathLike[str]) -> tuple[xr.Dataset, Any]:
    """Return the labelled arrays of a file and what stands behind them.

    Raises:
        InputError: There is no such file, it is another one, it was changed, or another version
            wrote it that had other classes.
    """
    where = str(path)
    data = _opened(where)
    if not {"prenuc", "versions"} <= data.attrs.keys():
        raise InputError("this file holds no run", "Give a saved run", where=where)
    if data.attrs.get("sha256") != _hash(data):
        what = "the file was changed since it was saved"
        raise InputError(what, "Save the run again", where=where)
    try:
        return data, from_plain(json.loads(data.attrs["prenuc"]))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        by = json.loads(data.attrs["versions"])["prenuc"]
        what = f"prenuc {by} wrote this file, and this version reads other classes"
        raise InputError(what, f"Read it with prenuc {by}", where=where) from None


def holds_run(path: Path) -> bool:
    """Return whether a file is one that :func:`write` made, changed since or not.

    Args:
        path: Any file.
    """
    try:
        with path.open("rb") as file:
            if file.read(3) != b"CDF":
                return False
        return {"prenuc", "versions"} <= _opened(str(path)).attrs.keys()
    except (OSError, ValueError, ImportError, InputError):
        return False


def _opened(where: str) -> xr.Dataset:
    import xarray as xr

    try:
        with xr.open_dataset(where, engine="scipy", decode_times=False) as opened:
            return opened.load()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise InputError(reason, "Check the path", where=where) from None
    except (TypeError, ValueError):
        what = "this is no netCDF file"
        raise InputError(what, "Give a saved run", where=where) from None


def _hash(data: xr.Dataset) -> str:
    """Return a hash of all arrays and of the texts beside them."""
    found = hashlib.sha256()
    for name in sorted(map(str, data.variables)):
        values = data[name].values
        numeric = values.dtype.kind in "fiub"
        content = np.asarray(values, float).tobytes() if numeric else repr(list(map(str, values)))
        found.update(f"{name} {values.shape}".encode())
        found.update(content if isinstance(content, bytes) else content.encode())
    for name in ("prenuc", "versions"):
        found.update(data.attrs[name].encode())
    return found.hexdigest()
