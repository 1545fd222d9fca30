"""Opens a page in Chromium, as a reader does: its width, its print, its accessibility.

Debian's Chromium is driven by Playwright. axe-core is fetched from the npm registry once, checked
against its hash, kept under ``build/`` and used by tests alone.
"""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [  # nothing is asked of anybody outside
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 120_000  # ms, where others compute, too; what comes sooner is not waited for
WORKING = 600_000  # ms, for a job of many seconds
WIDE, NARROW = 1400, 360  # px, of a desk and of a telephone
HERE = {"localhost", "127.0.0.1", "::1"}
AXE = "axe-core-4.14.1.tgz"
AXE_SHA512 = (
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)
BUILD = Path(__file__).parents[1] / "build"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium with an empty profile, and end it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=QUIET, chromium_sandbox=False, timeout=PATIENCE
        )
        yield started
        started.close()


class Visits:
    """Opens pages, and keeps what they complained of and whom outside they asked.

    ``visits(path_or_url, width=360)`` gives Playwright's ``Page``; every further option is one of a
    browser context, such as ``reduced_motion="reduce"`` or ``color_scheme="dark"``.
    """

    def __init__(self, browser: Browser):
        self.browser = browser
        self.complaints: list[str] = []
        self.outside: list[str] = []

    def __call__(self, address: Path | str, width: int = WIDE, **options: object) -> Page:
        height = options.pop("height", 900)
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket: self._asked(socket.url))
        page.goto(address.resolve().as_uri() if isinstance(address, Path) else address)
        return page

    def _console(self, message):
        if message.type == "error":
            self.complaints.append(message.text)

    def _asked(self, url: str) -> None:
        at = urlsplit(url)
        if at.scheme not in {"file", "data", "blob", "about"} and at.hostname not in HERE:
            self.outside.append(url)


def sideways(page: Page) -> list[str]:
    """Return what sticks out to the right where the whole page can be scrolled sideways."""
    return page.evaluate(
        """() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return [];
            const out = [...document.querySelectorAll("body *")].filter(
                (one) => one.getBoundingClientRect().right > room + 0.5);
            return out.map((one) =>
                `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`);
        }"""
    )


def printed(page: Page) -> list[str]:
    """Return the text of every sheet of A4 that the page prints to."""
    from pypdf import PdfReader

    pdf = page.pdf(format="A4", print_background=False)
    return [sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages]


def violations(page: Page) -> list[str]:
    """Return what axe-core finds fault with, by its standard rules: a line for each element."""
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": axe()})
    found = page.evaluate("() => axe.run({ resultTypes: ['violations'] })")["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def in_both_themes(page: Page) -> list[str]:
    """Return what axe-core finds fault with, light and dark."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no colour is on its way
        found += [f"{theme}: {one}" for one in violations(page)]
    return found


@cache
def axe() -> str:
    """Return the script of axe-core; the test is skipped where npm is not there to fetch it."""
    kept = BUILD / AXE
    if not kept.exists():
        npm = shutil.which("npm") or pytest.skip("axe-core is fetched by npm, which is not here")
        BUILD.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:
            name = AXE.removesuffix(".tgz").replace("core-", "core@")
            subprocess.run(
                [npm, "pack", "--silent", name, "--pack-destination", folder], check=True
            )
            (Path(folder) / AXE).replace(kept)
    content = kept.read_bytes()
    found = base64.b64encode(hashlib.sha512(content).digest()).decode()
    assert found == AXE_SHA512, f"{kept} is not what was pinned; delete it"
    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        return packed.extractfile("package/axe.min.js").read().decode()
