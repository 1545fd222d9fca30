"""The page of a report, and the pieces of HTML that it is made of."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from prenuc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.figure import Figure

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light; }}
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.6rem; }} h2 {{ font-size: 1.2rem; margin-top: 2.2rem;
  border-bottom: 1px solid #ccc; }}
table {{ border-collapse: collapse; font-size: .9rem; }}
th, td {{ text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #e5e5e5;
  vertical-align: top; }}
td.number {{ font-variant-numeric: tabular-nums; white-space: nowrap; }}
svg {{ max-width: 100%; height: auto; }}
figure {{ margin: 1rem 0; }} figcaption {{ font-size: .9rem; color: #444; }}
.warning {{ border-left: 4px solid #D55E00; padding-left: .7rem; }}
pre {{ background: #f6f6f6; padding: .7rem; overflow-x: auto; font-size: .85rem; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def page(to: Path | str) -> Path:
    """Return the path of a report.

    Raises:
        InputError: It does not end in .html.
    """
    path = Path(to)
    if path.suffix not in {".html", ".htm"}:
        raise InputError("a report is an HTML file", "Name it report.html", where=str(path))
    return path


def figure_html(figure: Figure, caption: str) -> str:
    """Return a figure with its caption."""
    from prenuc.present.figures.style import svg

    return f"<figure>{svg(figure)}<figcaption>{escape(caption)}</figcaption></figure>"


def list_html(lines: Iterable[str]) -> str:
    """Return lines as a list; nothing for none."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def warnings_html(lines: Iterable[str]) -> str:
    """Return a paragraph for each warning."""
    return "".join(f'<p class="warning">{escape(line)}</p>' for line in lines)
