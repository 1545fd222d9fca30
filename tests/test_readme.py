"""The README is short, and its ten lines write a report that needs nothing from outside."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from prenuc.present.files.report import DATA
from walk import README, Reader


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


def test_the_ten_lines_write_a_self_contained_report(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    reader = Reader(README, lambda: tuple(capsys.readouterr()), passed_over=is_command)
    assert reader.read() == []
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert_self_contained(page)


def is_command(text):
    return text.startswith("prenuc ")


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


def test_the_readme_is_short():
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 90
    assert sum(line.startswith("![") for line in lines) >= 2
