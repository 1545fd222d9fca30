"""How the documentation is built: ``make docs``. Nothing is fetched from the network."""

# ruff: noqa: INP001 - a configuration file is no package

from __future__ import annotations

import importlib.metadata
import re
from html import escape
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

project = "prenuc"
author = "The prenuc developers"
copyright = "2026, the prenuc developers"  # noqa: A001 (the name that Sphinx reads)
try:
    release = importlib.metadata.version(project)
except importlib.metadata.PackageNotFoundError:
    release = "from source"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_math_renderer = "mathml"
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nb_execution_mode = "off"  # a test runs the notebooks; pages show what they stored

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = True
napoleon_use_ivar = True

html_theme = "furo"
html_title = "prenuc"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["pages.css"]


# Characters of the docstrings that the converter wants spelt out.
SPELT = {"∞": r"\infty ", "θ": r"\theta ", "κ": r"\kappa ", "τ": r"\tau ", "ρ": r"\rho "}
SPELT |= {"λ": r"\lambda ", "Γ": r"\Gamma ", "ε": r"\varepsilon ", "Λ": r"\Lambda ", "Φ": r"\Phi "}


def mathml(tex: str, *, block: bool = False) -> str:
    """Return a formula as MathML, which browsers draw without a script from the network.

    What the converter does not know is shown as it is written.
    """
    plain = re.sub(r"\\[Bb]igg?(?![a-z])", "", tex)  # sizes of brackets follow from content
    for character, command in SPELT.items():
        plain = plain.replace(character, command)
    if block and r"\\" in plain:
        plain = rf"\begin{{align}}{plain}\end{{align}}"
    try:
        return str(tex2mathml(plain, as_block=block))
    except MathError:
        return f"<code>{escape(tex)}</code>"


def inline_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in running text."""
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def display_math(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula."""
    translator.body.append(f'<div class="math">{mathml(node.astext(), block=True)}</div>')
    raise nodes.SkipNode


# What the theme leaves to be said to those who read by ear or by keyboard.
SAID = {
    'class="caption" role="heading"': 'class="caption" role="heading" aria-level="2"',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Contents">',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    "<pre>": '<pre tabindex="0">',
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
    '<div class="math-wrapper': '<div tabindex="0" class="math-wrapper',
    '<div id="search-results">': '<h1>Search</h1><div id="search-results">',
}


def say_more(app: Sphinx, exception: Exception | None) -> None:
    """Complete the roles and labels of every page, once all are written."""
    for path in [] if exception else app.outdir.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        for there, said in SAID.items():
            page = page.replace(there, said)
        path.write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register the renderer of formulas, and what is done to pages that are written."""
    app.add_html_math_renderer("mathml", (inline_math, None), (display_math, None))
    app.connect("build-finished", say_more)
