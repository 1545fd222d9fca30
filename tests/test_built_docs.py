"""The built documentation: every page, wide and narrow, and the cheat sheet in print."""

from __future__ import annotations

import pytest

from browser import NARROW, PATIENCE, WIDE, printed, sideways, violations
from walk import ROOT

BUILT = ROOT / "docs/_build/html"
PAGES = sorted(str(path.relative_to(BUILT)) for path in BUILT.rglob("*.html"))
pytestmark = [
    pytest.mark.study,
    pytest.mark.skipif(
        not PAGES, reason="docs/_build/html is not there; make check-docs builds it"
    ),
]


@pytest.fixture
def look(browser):
    """Open a page from disk; axe-core asks for its style sheets again there, in vain."""
    opened = []

    def call(name, width=WIDE):
        opened.append(browser.new_page(viewport={"width": width, "height": 900}))
        opened[-1].set_default_timeout(PATIENCE)
        opened[-1].goto((BUILT / name).as_uri())
        return opened[-1]

    yield call
    for page in opened:
        page.close()


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_speaks_to_everybody(name, width, look):
    page = look(name, width)
    assert sideways(page) == []
    assert violations(page) == []


def test_the_cheat_sheet_is_one_sheet(look):
    assert len(printed(look("cheat-sheet.html"))) == 1
