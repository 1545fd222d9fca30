"""The page of a report, and the pieces of HTML that it is made of."""

from __future__ import annotations

import hashlib
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from prenuc.errors import InputError
from prenuc.present.tables.arrows import arrows, spelt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.figure import Figure

    from prenuc.present.tables.table import Table

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light; --rule: #d4d4d0; --quiet: #55554f; --warn: #b34700; }}
* {{ box-sizing: border-box; }}
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1c1c1a; background: #fff; margin: 0; }}
main {{ max-width: 54rem; margin: 0 auto; padding: 2rem 1rem 4rem; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }}
h2 {{ font-size: 1.25rem; line-height: 1.25; margin: 2.6rem 0 .8rem; padding-top: .7rem;
  border-top: 1px solid var(--rule); }}
h3 {{ font-size: 1rem; margin: 1.6rem 0 .4rem; }}
p, ul, ol, dl {{ margin: .5rem 0; }} ul {{ padding-left: 1.3rem; }}
ol {{ padding-left: 2.2rem; }} li {{ margin: .15rem 0; }}
small, .byline, figcaption {{ color: var(--quiet); font-size: .875rem; }}
.summary dt {{ font-weight: 600; margin-top: 1rem; }}
.summary dd {{ margin: .2rem 0 0; }} .summary dd + dd {{ margin-top: .35rem; }}
.summary .answer {{ font-size: 1.0625rem; }}
.warning {{ border-left: 3px solid var(--warn); padding-left: .7rem; }}
figure {{ margin: 1.2rem 0; }} .picture {{ overflow-x: auto; }}
figure svg {{ display: block; width: 100%; height: auto; }}
figcaption {{ margin-top: .3rem; }}
.wide {{ overflow-x: auto; margin: .6rem 0; overflow-wrap: normal; }}
table {{ border-collapse: collapse; font-size: .875rem; line-height: 1.4; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0;
  border-bottom: 1px solid var(--rule); }}
th {{ font-weight: 600; }} td {{ min-width: 4rem; }} tr > :last-child {{ padding-right: 0; }}
td.number {{ font-variant-numeric: tabular-nums; white-space: nowrap; }}
details {{ margin: .8rem 0; }} summary {{ cursor: pointer; }}
code {{ font-size: .8125rem; overflow-wrap: anywhere; }}
:focus-visible {{ outline: 2px solid #0072B2; outline-offset: 2px; }}
@media (max-width: 40rem) {{
  body {{ font-size: 15px; }}
  figure svg {{ min-width: 36rem; }}
  .wide table {{ width: auto; }} td:not(.number) {{ min-width: 11rem; }}
}}
@page {{ size: A4; margin: 15mm 16mm; }}
@media print {{
  html {{ font-size: 9.5pt; }} body {{ font-size: 1rem; line-height: 1.38; }}
  main {{ max-width: none; padding: 0; }}
  h2 {{ margin-top: 1.3rem; }} h2, h3, h2 + p {{ break-after: avoid; }}
  figure, tr, dd {{ break-inside: avoid; }}
  .picture {{ overflow: visible; }} figure svg {{ max-height: 125mm; min-width: 0; }}
  .wide {{ overflow: visible; }} table {{ font-size: .84rem; }} td {{ min-width: 0; }}
  td.number {{ white-space: normal; }}
  details {{ display: none; }}
}}
</style>
</head>
<body>
<main>
{body}
</main>
{data}
</body>
</html>
"""
_SVG_ARROW = re.compile(r"(?<=\s)(&lt;-&gt;|-(\d+)-&gt;|-&gt;)(?=\s)")
_SVG_NAME = re.compile(r'(\bid="|url\(#|href="#)')


def page(to: Path | str) -> Path:
    """Return the path of a report.

    Raises:
        InputError: It does not end in .html.
    """
    path = Path(to)
    if path.suffix not in {".html", ".htm"}:
        raise InputError("a report is an HTML file", "Name it report.html", where=str(path))
    return path


def prose(text: str) -> str:
    """Return a text as HTML, schemes with real arrows, units as they are printed."""
    return escape(spelt(text))


def figure_html(figure: Figure, caption: str, told: str = "") -> str:
    """Return a figure with its caption, as wide as the page.

    Args:
        figure: It.
        caption: What stands below it.
        told: What it shows, for whoever does not see it; the caption when empty.
    """
    from prenuc.present.figures.style import svg

    text = arrows(svg(figure), _SVG_ARROW)
    own = hashlib.sha256(text.encode()).hexdigest()[:8]  # names inside it, apart from other figures
    text = _SVG_NAME.sub(rf"\g<1>f{own}-", text)
    name = escape(spelt(told or caption))
    text = text.replace("<svg ", f'<svg role="img" aria-label="{name}" ', 1)
    picture = f'<div class="picture" role="group" tabindex="0" aria-label="Figure">{text}</div>'
    return f"<figure>{picture}<figcaption>{prose(caption)}</figcaption></figure>"


def table_html(table: Table, caption: str = "") -> str:
    """Return a table, and above it what it shows; a wide one can be moved by itself.

    Args:
        table: It.
        caption: What it shows; its own caption when empty.
    """
    said = caption or table.caption
    head = f"<h3>{prose(said)}</h3>" if said else ""
    name = escape(spelt(said) or "Table", quote=True)
    inner = table.told().html(spelt)
    return f'{head}<div class="wide" role="group" tabindex="0" aria-label="{name}">{inner}</div>'


def list_html(lines: Iterable[str]) -> str:
    """Return lines as a list; nothing for none."""
    items = "".join(f"<li>{prose(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def warnings_html(lines: Iterable[str]) -> str:
    """Return a paragraph for each warning."""
    return "".join(f'<p class="warning">{prose(line)}</p>' for line in lines)


def folded_html(name: str, inner: str) -> str:
    """Return what is seen on request, and not printed; nothing for nothing."""
    return f"<details><summary>{prose(name)}</summary>{inner}</details>" if inner else ""
