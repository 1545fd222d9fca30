"""Reads what a page of the application shows: when it is exact, and the numbers of a drawing."""

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


def copied(page, button):
    """Copy by a button, which says for a while that it has; return what is on the clipboard."""
    button.evaluate(
        """(button) => {
            button.told = [];
            const note = () => button.told.push(button.textContent);
            new MutationObserver(note).observe(button, { childList: true });
        }"""
    )
    held = button.element_handle()
    button.click()
    page.wait_for_function("(button) => button.told.includes('Copied')", arg=held)
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
