"""How commands speak: JSON alone on standard output, everything else readable."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from prenuc.present.tables.plain import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from rich import table as rich

    from prenuc.present.tables.table import Table


json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document.")


def echo_json(thing: Any) -> None:
    """Print one JSON document and nothing else."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(as_text(thing, ascii_only=not encoding.lower().startswith("utf")))


def echo_kept(found: Any, show: Callable[[Any], None], as_json: bool, *beside: Any) -> None:
    """Print an answer as :func:`echo_answer` does, as JSON with its results.

    Args:
        found: The answer.
        show: Prints it for a reader.
        as_json: Which of the two.
        beside: Further results that belong to it.
    """
    from prenuc.present.files.kept import answer

    echo_json(answer(found, *beside)) if as_json else show(found)


def echo_answer(found: Any, show: Callable[[Any], None], as_json: bool) -> None:
    """Print an answer: as one JSON document, or for a reader.

    Args:
        found: The answer.
        show: Prints it for a reader.
        as_json: Which of the two.
    """
    (echo_json if as_json else show)(found)


def echo_lines(lines: Iterable[Any], before: str = "  ") -> None:
    """Print one line after the other, a little to the right."""
    for line in lines:
        click.echo(f"{before}{line}")


def provenance(files: Sequence[Path], options: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return what an answer came from: the file and its hash, options, seed, versions.

    Args:
        files: The data, or a folder of them, hashed in order.
        options: Options of the command, by name.
        seed: Seed of what is drawn.
    """
    import hashlib
    import platform
    from importlib.metadata import version

    from prenuc.observe.readers.joined import files_in

    data = b"".join(one.read_bytes() for one in files_in(files))
    return {
        "file": ", ".join(file.name for file in files),
        "sha256": hashlib.sha256(data).hexdigest(),
        "options": dict(options),
        "seed": seed,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("prenuc", "numpy", "scipy")},
        },
    }


def echo_table(table: Table, title: str = "") -> None:
    """Print a table that fits the terminal, without columns in which nothing stands.

    Where not all columns fit beside each other with whole words, the others follow below, each
    part with the first column.
    """
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    cells = [[row[i] for row in table.rows] for i in range(len(table.headings))]
    told = [i for i, column in enumerate(cells) if not column or {*column} - {"", "–"}]
    words = [_longest_word([table.headings[i], *cells[i]]) for i in told]
    for part in _beside(words, console.width):
        shown = _empty(title)
        for i in part:
            heading, least = table.headings[told[i]], min(words[i], console.width - GAP)
            shown.add_column(heading, overflow="fold", min_width=least)  # no number is cut
        for row in table.rows:
            shown.add_row(*(row[told[i]] for i in part))
        console.print(shown)
        title = ""


def _empty(title: str) -> rich.Table:
    from rich import box
    from rich import table as rich

    return rich.Table(
        title=title or None, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )


GAP = 2  # blanks between two columns


def _longest_word(texts: Iterable[str]) -> int:
    return max(len(word) for text in texts for word in text.split() or [""])


def _beside(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Yield which columns of some widths stand beside each other, the first of all in each part."""
    part: list[int] = []
    for i in range(len(widths)):
        if len(part) > 1 and sum(widths[j] + GAP for j in (*part, i)) > room:
            yield part
            part = [0]
        part.append(i)
    yield part


@contextmanager
def progress(what: str) -> Iterator[Callable[[float], None]]:
    """Show a progress bar on standard error, from the third second on, on a terminal."""
    import time

    from rich.console import Console
    from rich.progress import Progress

    began = time.monotonic()
    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=1.0)

    def report(share: float) -> None:
        if time.monotonic() - began > 2.0 and not bar.live.is_started and bar.console.is_terminal:
            bar.start()
        bar.update(task, completed=share)

    try:
        yield report
    finally:
        if bar.live.is_started:  # else it would print an empty line
            bar.stop()
