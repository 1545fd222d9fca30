"""Take pictures of every screen of the application, on a desk and on a telephone.

    python examples/app_pictures.py docs/figures

writes ``app-SCREEN-wide.png`` and ``app-SCREEN-narrow.png``. It needs Chromium and Playwright, and
asks nobody outside of this machine.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

COMMAND = "from prenuc.present.cli import main; main()"
WIDTHS = {"wide": (1400, 900), "narrow": (360, 780)}
PATIENCE = 180_000  # ms; machines may be busy
EXACT = "#status[data-status=exact]:not([data-behind])"  # all that was asked is drawn


@contextmanager
def started() -> Iterator[str]:
    """Start the application; give the address that opens it once."""
    command = [sys.executable, "-c", COMMAND, "app", "--no-browser", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own
    try:
        assert process.stdout is not None  # noqa: S101  a pipe
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait()


def flask(page: Page) -> None:
    """Turn a constant, with the curves of before frozen."""
    exact = page.locator(EXACT)
    exact.wait_for()
    page.get_by_text("Move the spectra most").wait_for()
    page.get_by_role("button", name="Freeze").click()
    field = page.get_by_label("isomerisation.k, exact value")
    field.fill("0.008")
    field.press("Enter")
    page.get_by_role("slider", name="isomerisation.k").focus()
    exact.wait_for()
    page.wait_for_timeout(300)


def spectra(page: Page) -> None:
    """Try it with the simulated spectra of Figure 2a-b."""
    page.get_by_role("button", name="Try it with simulated spectra").click()
    page.get_by_role("region", name="Spectra", exact=True).wait_for()
    page.wait_for_timeout(1000)


def court(page: Page) -> None:
    """Wait for what ships."""
    page.get_by_role("table").first.wait_for()


def catalogue(page: Page) -> None:
    """Compute a size."""
    page.get_by_label("first absorption").fill("550")
    page.get_by_role("button", name="Size", exact=True).click()
    page.get_by_role("table").last.wait_for()
    page.wait_for_timeout(500)


def next_(page: Page) -> None:
    """Show what can be asked."""
    page.get_by_role("button", name="Ask", disabled=False).wait_for()


SCREENS: dict[str, Callable[[Page], None]] = {
    "flask": flask,
    "spectra": spectra,
    "court": court,
    "catalogue": catalogue,
    "next": next_,
}


def main(folder: Path) -> None:
    """Take all pictures."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=False)
        for size, (width, height) in WIDTHS.items():
            with started() as address:
                page = browser.new_page(viewport={"width": width, "height": height})
                page.set_default_timeout(PATIENCE)
                page.goto(address)
                page.locator(EXACT).wait_for()
                for name, prepare in SCREENS.items():
                    page.goto(f"{address.split('#')[0]}#/{name}")
                    prepare(page)
                    path = folder / f"app-{name}-{size}.png"
                    page.screenshot(path=path)
                    print(path)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
