"""Independent pieces of work, by one process or several; the answers are the same."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from prenuc.processes import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prenuc.ledger import Memory

    T = TypeVar("T")


def work(
    do: Callable[[Any], T],
    pieces: Sequence[Any],
    *,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[T]:
    """Return the answer to each piece, in order.

    Args:
        do: A function of a module, or a ``functools.partial`` of one, where there are workers.
        pieces: What it is called with.
        workers: Processes; 1 works here.
        progress: Called with the finished share.
    """
    found = []
    for answer in answers(do, pieces, workers=workers):
        found.append(answer)
        if progress is not None:
            progress(len(found) / len(pieces))
    return found


def remembered(
    do: Callable[[Any], T],
    pieces: Mapping[str, Any],
    kept: Memory,
    *,
    plain: Callable[[T], Any],
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Return the answer to each piece as plain data, by its name; what is kept is not done again.

    Args:
        do: What answers one piece, as for :func:`answers`.
        pieces: The pieces of work, by the names under which their answers are kept.
        kept: What remembers them.
        plain: Makes plain data of an answer.
        workers: Processes to work with.
        progress: Called with the finished share.
    """
    found = {name: kept.get(name) for name in pieces}
    left = [name for name in pieces if found[name] is None]
    new = answers(do, [pieces[name] for name in left], workers=workers)
    for place, (name, answer) in enumerate(zip(left, new, strict=True), 1):
        found[name] = plain(answer)
        kept.keep(name, found[name])
        if progress is not None:
            progress(1.0 - (len(left) - place) / len(pieces))
    return found


def answers(do: Callable[[Any], T], pieces: Sequence[Any], *, workers: int = 1) -> Iterator[T]:
    """Yield the answer to each piece, in order, as soon as it and all before it are there.

    Args:
        do: What answers one piece; it and the pieces can be pickled.
        pieces: The pieces of work.
        workers: Processes to work with.
    """
    if workers <= 1 or len(pieces) <= 1:
        yield from map(do, pieces)
        return
    context = multiprocessing.get_context("spawn")
    count, begin = min(workers, len(pieces)), end_with_parent
    with ProcessPoolExecutor(count, mp_context=context, initializer=begin) as pool:
        yield from pool.map(do, pieces)
