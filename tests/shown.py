"""Reads what a page of the application shows: when it is exact, and the numbers of a drawing.

Waits are for locators. The text of Playwright's ``wait_for_function`` is evaluated in the page, and
from the second look on the page's own policy forbids it.
"""

from __future__ import annotations

import numpy as np


def drawn(page, status="#status"):
    """Wait until all that was asked is drawn and painted."""
    page.locator(f"{status}:not([data-behind])").wait_for(state="attached")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def exact(page):
    """Wait until all that was asked is drawn, exact."""
    drawn(page, "#status[data-status=exact]")


def ordered(page):
    """Wait until the constants that matter most stand on top: no dial is moved any longer."""
    page.get_by_text("Move the spectra most").wait_for()


def focused(page, role, name):
    """Wait until the focus is on what has this role and a name that contains ``name``."""
    page.locator(":focus").and_(page.get_by_role(role, name=name)).wait_for()


def copied(page, button):
    """Copy by a button, which says for a while that it has; return what is on the clipboard."""
    button.evaluate(
        """(button) => {
            const note = () => (button.dataset.told += ` ${button.textContent}`);
            button.dataset.told = "";
            new MutationObserver(note).observe(button, { childList: true });
        }"""
    )
    button.click()
    page.locator("[data-told~=Copied]").wait_for(state="attached")
    button.evaluate("(button) => delete button.dataset.told")
    return page.evaluate("navigator.clipboard.readText()")


def opened(app, page):
    """Return a blank page with the application opened in it, with its key, once it is exact."""
    page.add_init_script(f"sessionStorage.setItem('prenuc key', '{app.key}')")
    page.goto(f"{app.origin}/")
    exact(page)
    return page


def numbers(page, drawing):
    """Return the columns of a drawing's table: the key T opens it, and closes it again."""
    plot = page.get_by_role("img", name=drawing)
    plot.press("t")
    table = page.get_by_role("region", name=f"Numbers of {drawing}").locator("table")
    rows = [row.split("\t") for row in table.inner_text().splitlines() if "\t" in row]
    page.keyboard.press("t")
    plot.wait_for()
    heads, *body = rows
    columns = zip(*([float(cell) for cell in row] for row in body), strict=True)
    return dict(zip([one.strip() for one in heads], map(np.array, columns), strict=True))
