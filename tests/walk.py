"""Reads the pages of the documentation, and does what stands there, block by block.

A block of YAML whose first line is ``# name.yaml`` is written to that file. Lines of a ``console``
block that begin with ``$`` are run; what is shown under them, or in the ``text`` block that
follows, is what the last of them prints: "…" stands for the rest of a line, alone for any lines.
Blocks of Python run in the order of the page, with the names of those before; a ``text`` block that
follows is what they print.
"""

from __future__ import annotations

import glob
import io
import os
import re
import shlex
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prenuc.present.cli import main, prenuc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
WRITING = {"--out", "--report", "--to", "--figure", "--map"}  # options that name what is written
SHELL = ("console", "bash", "sh", "shell")
_FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<kind>[^\n`]*)\n(?P<text>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL
)
_FILE = re.compile(r"# (\S+\.\w+)\n")
_NUMBER = re.compile(r"[-+−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Args:
        kind: The word after the fence.
        text: What stands in it.
        line: Number of its first line on the page.
        follows: Whether only blank lines part it from the block before.
    """

    kind: str
    text: str
    line: int
    follows: bool


@dataclass(frozen=True)
class Command:
    """A line of a shell.

    Args:
        words: What is typed.
        shown: What the page shows of what it prints; None where it shows nothing.
        to: The file to which it prints; "" where it prints to the terminal.
        line: Number of the line on the page.
    """

    words: tuple[str, ...]
    shown: str | None
    to: str
    line: int

    def __str__(self) -> str:
        return shlex.join(self.words)


def pages() -> list[Path]:
    """Return the README and all pages of the documentation that somebody wrote."""
    made = {"python.md", "cli.md"}
    found = sorted((ROOT / "docs").rglob("*.md"))
    return [README, *(one for one in found if one.name not in made and "_build" not in one.parts)]


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page."""
    text, found, end = page.read_text(encoding="utf-8"), [], 0
    for match in _FENCE.finditer(text):
        kind = (match["kind"].split(maxsplit=1) or [""])[0]
        line = text.count("\n", 0, match.start("text")) + 1
        found.append(Block(kind, match["text"], line, not text[end : match.start()].strip()))
        end = match.end()
    return found


def commands(page: Path) -> Iterator[Command]:
    """Yield every command of a page's shell blocks, with what is shown of its answer."""
    found = blocks(page)
    for i, block in enumerate(found):
        if block.kind in SHELL:
            after = found[i + 1] if i + 1 < len(found) else None
            shown = after.text if after and after.kind == "text" and after.follows else None
            yield from _lines(block, shown)


def examples() -> dict[str, list[Command]]:
    """Return the examples in the help of every command of prenuc, by its name."""
    return {name: _examples(f"{one.help}\n{one.epilog}") for name, one in prenuc.commands.items()}


def _examples(text: str) -> list[Command]:
    return [_command(line.strip(), None, 0) for line in text.splitlines() if "  prenuc " in line]


def _lines(block: Block, after: str | None) -> Iterator[Command]:
    """Yield the commands of a block; all lines are commands where none begins with a $."""
    prompt = "$ " if "$ " in block.text else ""
    parts = re.split(rf"^{re.escape(prompt)}", block.text, flags=re.MULTILINE)
    if not prompt:
        parts = ["", *block.text.splitlines(keepends=True)]
    line = block.line + parts[0].count("\n")
    for number, part in enumerate(parts[1:], 1):
        typed, _, printed = re.sub(r"\\\n", " ", part).partition("\n")
        last = number == len(parts) - 1
        shown = printed if printed.strip() else after if last else None
        if typed.strip() and not typed.startswith("#"):
            yield _command(typed, shown, line)
        line += part.count("\n")


def _command(typed: str, shown: str | None, line: int) -> Command:
    lexer = shlex.shlex(typed, posix=False, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    quoted = list(lexer)
    end = next((i for i, word in enumerate(quoted) if set(word) <= set("|&;<>")), len(quoted))
    to = quoted[end + 1] if quoted[end : end + 1] == [">"] else ""
    return Command(tuple(shlex.split(" ".join(quoted[:end]))), shown, to, line)


def parse(words: Sequence[str]) -> None:
    """Parse a command line of prenuc with all its options, without running it."""
    try:
        with prenuc.make_context("prenuc", list(words)) as context:
            name, command, rest = prenuc.resolve_command(
                context, [*context._protected_args, *context.args]
            )
            command.make_context(name, rest, parent=context).close()
    except click.exceptions.Exit:
        return  # --help and --version answer at once


def difference(shown: str, printed: str) -> str:
    """Return the first line that is shown and not printed so; "" where all is.

    Numbers may differ by two units of their last digit: they are those of another machine.
    """
    wanted, got = (_told(text) for text in (shown, printed))
    i, free = 0, False
    for line in wanted:
        if line in {"…", "..."}:
            free = True
            continue
        same = next((j for j in range(i, len(got)) if _alike(line, got[j])), None)
        if same is None or (same != i and not free):
            return f"shown: {line}\nprinted: {got[i] if i < len(got) else 'nothing more'}"
        i, free = same + 1, False
    return f"printed too: {got[i]}" if i < len(got) and not free else ""


def _told(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip(" ─")]


def _alike(shown: str, printed: str) -> bool:
    begun = re.split(r"…$|\.\.\.$", shown)
    if len(begun) > 1:
        return _alike(begun[0].rstrip(), printed[: len(begun[0].rstrip())])
    wanted, got = _NUMBER.findall(shown), _NUMBER.findall(printed)
    if _NUMBER.sub("0", shown) != _NUMBER.sub("0", printed) or len(wanted) != len(got):
        return False
    return all(_near(a, b) for a, b in zip(wanted, got, strict=True))


def _near(shown: str, printed: str) -> bool:
    mantissa, _, power = shown.replace("−", "-").partition("e")
    digits = len(mantissa.partition(".")[2])
    unit = 10.0 ** (int(power or 0) - digits)
    a, b = (float(text.replace("−", "-")) for text in (shown, printed))
    return shown == printed or ("." in mantissa and abs(a - b) <= 2.000001 * unit)


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit status."""

    code: int
    out: str
    err: str


@dataclass
class Reader:
    """Somebody who does what a page says, in an empty folder, with a terminal of 80 columns.

    Args:
        page: The page.
        spoken: Returns what was printed since it was last asked, to both streams.
        may_say_no: Commands whose exit status 1 is an answer.
        passed_over: Whether a command, or a block of Python, is not for this reader.
    """

    page: Path
    spoken: Callable[[], tuple[str, str]]
    may_say_no: frozenset[str] = frozenset()
    passed_over: Callable[[str], bool] = lambda _: False

    def read(self) -> list[str]:
        """Do all that stands on the page and return what is wrong, with lines."""
        by_line = {one.line: one for one in commands(self.page)}
        namespace: dict[str, object] = {"__name__": "page"}
        wrong, found = [], blocks(self.page)
        for i, block in enumerate(found):
            after = found[i + 1] if i + 1 < len(found) else None
            if block.kind == "yaml" and (name := _FILE.match(block.text)):
                Path(name[1]).write_text(block.text, encoding="utf-8")
            elif block.kind == "python" and not self.passed_over(block.text):
                shown = after.text if after and after.kind == "text" and after.follows else ""
                wrong.append(self._execute(block, namespace, shown))
            elif block.kind in SHELL:
                end = block.line + block.text.count("\n")
                asked = [one for line, one in by_line.items() if block.line <= line < end]
                wrong += [self.do(one) for one in asked]
        return [said for said in wrong if said]

    def _execute(self, block: Block, namespace: dict[str, object], shown: str) -> str:
        self.spoken()
        try:
            code = compile("\n" * (block.line - 1) + block.text, str(self.page), "exec")
            exec(code, namespace)  # noqa: S102  # what the page says is what is tested
        except Exception as error:  # noqa: BLE001  # whatever it is, the page is wrong
            said = f"{type(error).__name__}: {error}"
        else:
            said = difference(shown, self.spoken()[0]) if shown else ""
        return f"{self.page.name}:{block.line}: Python\n{said}" if said else ""

    def do(self, command: Command) -> str:
        """Run a command and return what is wrong with it; "" where nothing is."""
        if command.words[0] != "prenuc" or self.passed_over(str(command)):
            return ""
        answer = self._run(command)
        said = _judged(command, answer, self.may_say_no)
        return f"{self.page.name}:{command.line}: {command}\n{said}" if said else ""

    def _run(self, command: Command) -> Answer:
        self.spoken()
        code, before = 0, sys.argv
        sys.argv = [word for one in command.words for word in _globbed(one)]
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        finally:
            sys.argv = before
        answer = Answer(code, *self.spoken())
        if command.to:
            Path(command.to).write_text(answer.out, encoding="utf-8")
        return answer


def _globbed(word: str) -> list[str]:
    word = os.path.expandvars(word)
    return (sorted(glob.glob(word)) or [word]) if set(word) & set("*?") else [word]  # noqa: PTH207


def _judged(command: Command, answer: Answer, may_say_no: frozenset[str]) -> str:
    shown = command.shown
    allowed = {0, 1} if command.words[1] in may_say_no or shown is not None else {0}
    if answer.code not in allowed and not (shown is not None and answer.code == 2):
        return f"exit status {answer.code}: {answer.err or answer.out}"
    if shown is not None:
        return difference(shown, answer.out or answer.err)
    named = [b for a, b in pairwise(command.words) if a in WRITING and Path(b).suffix]
    return "".join(f"{name} is not there" for name in named if not Path(name).exists())


def walk(page: Path, folder: Path) -> list[str]:
    """Do what a page says in a new folder, without a test around it, and return what is wrong."""
    folder.mkdir(parents=True)
    os.chdir(folder)
    os.environ["COLUMNS"] = "80"
    out, err = io.StringIO(), io.StringIO()

    def spoken() -> tuple[str, str]:
        said = out.getvalue(), err.getvalue()
        for stream in (out, err):
            stream.seek(0)
            stream.truncate()
        return said

    with redirect_stdout(out), redirect_stderr(err):
        return Reader(page, spoken).read()


if __name__ == "__main__":
    sys.exit("\n\n".join(walk(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())) or 0)
