"""Reads what a page of the application shows: when it is exact, and the numbers of a drawing."""

from __future__ import annotations

import numpy as np


def exact(page):
    """Wait until all that was asked is shown, exact, and what is painted is of that."""
    page.locator("#status[data-status=exact]:not([data-behind])").wait_for()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


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
