"""Files on the page: a run of the real data, or one like it, and a hand that drops it."""

import base64

import numpy as np

from commands import REAL, dots, write

RUN_2 = "Run 2 UV-Vis.csv"


def run_2(folder):
    """Return the second run of the real data; where that is absent, dots that grow as there."""
    real = REAL / RUN_2
    if real.exists():
        return real
    path = folder / RUN_2
    write(dots(tuple(532.0 - 48.0 * np.exp(-np.arange(16) / 4.0))), path)
    return path


def drop(page, *paths):
    """Drop files on the page, as a hand does."""
    files = [[one.name, base64.b64encode(one.read_bytes()).decode()] for one in paths]
    held = page.evaluate_handle(
        """(files) => {
            const held = new DataTransfer();
            for (const [name, text] of files) {
                const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
                held.items.add(new File([bytes], name));
            }
            return held;
        }""",
        files,
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("body", event, {"dataTransfer": held})


def screen(page, name):
    """Go to a screen by its link."""
    page.get_by_role("navigation", name="Screens").get_by_role("link", name=name).click()
    page.get_by_role("heading", name=name, level=1).wait_for()


def cells(page, region):
    """Return the rows of a table by their first cell."""
    rows = page.get_by_role("region", name=region, exact=True).get_by_role("row").all()
    told = [row.locator("th, td").all_inner_texts() for row in rows[1:]]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in told}
