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


WIDEST = 100  # signs of a line that is read with ease
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


def echo(text: Any, *, err: bool = False) -> None:
    """Print prose; on a terminal its lines are broken between words, and never longer than 100.

    A pipe or a file gets every line whole. Tables and JSON have printers of their own.

    Args:
        text: What is said.
        err: Whether to standard error.
    """
    from shutil import get_terminal_size

    stream = sys.stderr if err else sys.stdout
    width = min(get_terminal_size().columns, WIDEST) if stream.isatty() else None
    for line in str(text).split("\n"):
        click.echo(line if width is None else _broken(line, width), err=err)


def _broken(line: str, width: int) -> str:
    """Return a line in lines that fit; what follows the first stands a little to the right."""
    from textwrap import fill

    further = " " * (len(line) - len(line.lstrip()) + 4)
    return fill(
        line, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )  # names and paths are copied


def echo_lines(lines: Iterable[Any], before: str = "  ") -> None:
    """Print one line after the other, a little to the right.

    Args:
        lines: The lines.
        before: What stands before each.
    """
    for line in lines:
        echo(f"{before}{line}")


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

    Args:
        table: What is printed.
        title: The line above it.
    """
    from rich.console import Console

    from prenuc.present.tables.columns import parts

    console = Console(highlight=False, markup=False, soft_wrap=False)
    columns = [
        (heading, *(row[i] for row in table.rows)) for i, heading in enumerate(table.headings)
    ]
    told = [column for column in columns if not table.rows or {*column[1:]} - {"", "–"}]
    if title:
        echo(title)
    for number, part in enumerate(parts(told, console.width)):
        if number:
            click.echo()
        console.print(_drawn([told[i] for i in part], list(part.values())))


def _drawn(columns: Sequence[Sequence[str]], widths: Sequence[int]) -> rich.Table:
    from rich import box
    from rich import table as rich

    shown = rich.Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    for column, width in zip(columns, widths, strict=True):
        shown.add_column(column[0], overflow="fold", width=width)  # no number is cut
    for row in zip(*(column[1:] for column in columns), strict=True):
        shown.add_row(*row)
    return shown


PATIENCE = 2.0  # s; what is done sooner shows no bar


@contextmanager
def progress(what: str) -> Iterator[Callable[[float], None]]:
    """Show on standard error how far something is and how long it will take, on a terminal.

    The bar appears once the work has lasted longer than anybody waits gladly, whether or not a
    part of it has been reported by then; until one is, it says how long the work has lasted.

    Args:
        what: What is done.

    Yields:
        What is to be called with the part that is done, 0 to 1.
    """
    from threading import Timer

    from rich import progress as rich
    from rich.console import Console

    columns = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(bar_width=None),
        rich.TaskProgressColumn("{task.percentage:>3.0f} %"),
        rich.TextColumn("{task.fields[left]}"),
        rich.TimeElapsedColumn(),
    )
    bar = rich.Progress(*columns, console=Console(stderr=True), transient=True, expand=True)
    task = bar.add_task(what, total=None, left="")

    def report(share: float) -> None:
        bar.update(task, total=1.0, completed=share, left=_left(bar.tasks[0].time_remaining))

    patience = Timer(PATIENCE, bar.start)
    patience.daemon = True
    if bar.console.is_terminal:
        patience.start()
    try:
        yield report
    finally:
        patience.cancel()
        if patience.is_alive():
            patience.join()  # it may be starting the bar just now
        if bar.live.is_started:  # else it would print an empty line
            bar.stop()


def _left(seconds: float | None) -> str:
    """Return how long something will take, as one says it."""
    if seconds is None:
        return ""
    return f"{seconds:.0f} s left" if seconds < 100 else f"{seconds / 60:.0f} min left"
