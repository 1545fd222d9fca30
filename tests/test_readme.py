"""What the README shows runs as it stands there."""

from __future__ import annotations

import re
import shlex
import shutil
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest

from commands import REAL, run
from prenuc.present.cli import prenuc
from prenuc.present.files.report import DATA

README = Path(__file__).resolve().parents[1] / "README.md"
_FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<kind>[^\n`]*)\n(?P<text>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL
)


def blocks(*kinds: str, page: Path = README) -> list[tuple[int, str]]:
    """Return line number and text of a page's fenced blocks of some kinds."""
    text = page.read_text(encoding="utf-8")
    return [
        (text.count("\n", 0, match.start("text")) + 1, match["text"])
        for match in _FENCE.finditer(text)
        if match["kind"].split(maxsplit=1)[:1] and match["kind"].split(maxsplit=1)[0] in kinds
    ]


class Loads(HTMLParser):
    """Collects what a page would fetch from elsewhere, and what it draws."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            inside = (value or "").startswith(("#", "data:"))
            fetches = name in {"src", "srcset", "poster", "data"} or (
                name in {"href", "xlink:href"} and tag != "a"
            )
            if fetches and not inside:
                self.fetched.append(f"<{tag} {name}={value}>")
        run = tag == "script" and dict(attrs).get("type") != DATA
        if run or tag in {"iframe", "object", "embed", "link"}:
            self.fetched.append(f"<{tag}>")


def assert_self_contained(page: str) -> None:
    reader = Loads()
    reader.feed(page)
    reader.close()
    assert reader.fetched == []
    assert "svg" in reader.tags
    assert not re.findall(r"@import|url\(\s*['\"]?(?!#|data:)", page)


def test_the_python_blocks_run_in_order_and_write_a_self_contained_report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = blocks("python", "py")
    assert found, "the README shows no Python"
    namespace = {"__name__": "readme"}
    for line, text in found:
        code = compile("\n" * (line - 1) + text, str(README), "exec")
        exec(code, namespace)  # noqa: S102  # what the README says is what is tested
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert_self_contained(page)


@pytest.mark.parametrize(
    "page",
    [
        '<svg></svg><img src="https://example.org/a.png">',
        '<svg></svg><script>fetch("a")</script>',
        '<svg></svg><link rel="stylesheet" href="style.css">',
        "<svg></svg><style>@import 'a.css';</style>",
        "<svg></svg><style>p {background: url(a.png)}</style>",
        "<p>no figure</p>",
    ],
)
def test_a_page_that_loads_something_is_not_self_contained(page):
    with pytest.raises(AssertionError):
        assert_self_contained(page)


def commands(page: Path = README) -> list[tuple[int, list[str]]]:
    """Return line number and words of every ``prenuc`` call in a page's shell blocks."""
    found = []
    for first, text in blocks("console", "bash", "sh", "shell", page=page):
        joined = re.sub(r"\\\n", lambda _: "\\\0", text)  # keep the count of lines
        number = first
        for line in joined.split("\n"):
            lexer = shlex.shlex(line.replace("\\\0", " "), posix=True, punctuation_chars="|&;<>")
            lexer.whitespace_split = True
            if re.match(r"\s*(\$ )?\s*(\S*/)?prenuc\s", line + " "):
                words = [word for word in lexer if word != "$"]
                end = next((i for i, word in enumerate(words) if set(word) <= set("|&;<>")), None)
                found.append((number, words[1:end]))
            number += 1 + line.count("\\\0")
    return found


def parse(words: list[str]) -> None:
    """Parse a command line with all its options, without running it."""
    try:
        with prenuc.make_context("prenuc", list(words)) as context:
            name, command, rest = prenuc.resolve_command(
                context, [*context._protected_args, *context.args]
            )
            command.make_context(name, rest, parent=context).close()
    except click.exceptions.Exit:
        return  # --help and --version answer at once


def test_every_command_line_in_the_readme_and_the_documentation_parses():
    shown = [
        (page, *found)
        for page in (README, *sorted((README.parent / "docs").rglob("*.md")))
        for found in commands(page)
    ]
    assert len({page for page, *_ in shown}) > 5
    wrong = []
    for page, line, words in shown:
        try:
            parse(words)
        except click.ClickException as error:
            said = f"prenuc {shlex.join(words)}: {error.format_message()}"
            wrong.append(f"{page.name}:{line}: {said}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("words", ["lst species", "list nonsense", "fit a.csv", "show A --colour"])
def test_a_command_line_that_does_not_exist_is_noticed(words):
    with pytest.raises(click.ClickException):
        parse(words.split())


def test_the_readme_is_short():
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 90
    assert sum(line.startswith("![") for line in lines) >= 2


INPUTS = {"cdse-run-2.csv": REAL / "Run 2 UV-Vis.csv"}  # what the reader brings along
MAY_SAY_NO = {"reproduce"}  # exit status 1 where a printed statement is missed


def test_every_command_line_in_the_readme_runs(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, source in INPUTS.items():
        if source.exists():
            shutil.copy(source, name)
    for line, words in commands():
        if not all(Path(word).exists() for word in words if word in INPUTS):
            continue  # the real files are not beside this checkout
        answer = run(capsys, monkeypatch, *words)
        assert answer.code in ({0, 1} if words[0] in MAY_SAY_NO else {0}), (line, words, answer.err)
        for option in {"--out", "--report", "--to"} & set(words):
            made = words[words.index(option) + 1]
            assert "." not in made or Path(made).stat().st_size > 1000
