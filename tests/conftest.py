"""One hypothesis profile for everybody, the same on every machine; what several files read with."""

from __future__ import annotations

import os

# A worker of pytest-xdist to a core: further threads of linear algebra would wait for each other.
# In the environment, for commands that tests start; before numpy is imported, which reads it once.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import pytest
from hypothesis import HealthCheck, settings

from browser import CHROMIUM, Visits, chromium
from prenuc.mechanism import read_mechanism
from prenuc.present.app.desk import Desk
from prenuc.present.app.session import Session
from prenuc.present.app.uploads import Uploads

settings.register_profile(
    "prenuc",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("prenuc")


@pytest.fixture
def read(tmp_path):
    """Read a mechanism from the text of a file."""

    def call(text):
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return read_mechanism(path)

    return call


@pytest.fixture(scope="session")
def uploads():
    """What reads dropped files; one for all tests, since it has a process ready for the next."""
    found = Uploads()
    yield found
    found.close()


@pytest.fixture
def session(uploads):
    """What a page has on its desk; ended with what it has started."""
    found = Session(Desk(uploads=uploads))
    yield found
    found.desk.jobs.close()


# A worker takes a file at a time: with these first, none is left alone with one at the end.
LONG = (
    *("test_page", "test_court_catalogue_next", "test_compare", "test_pages"),
    *("test_next_experiment", "test_flask_screen", "test_journeys", "test_spectra_screen"),
    *("test_sweeps", "test_app_dropped", "test_kept", "test_photometer_noise", "test_app_uploads"),
    *("test_every_figure", "test_killed", "test_lawful", "test_public_names", "test_readings"),
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Files that take long come first; without Chromium, one test is skipped for all in need."""
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))
    seen = [item for item in items if "browser" in item.fixturenames]
    if CHROMIUM or not seen:
        return
    why = f"{len(seen)} tests look at pages, and there is no Chromium (apt install chromium)"
    seen[0].add_marker(pytest.mark.skip(reason=why))
    config.hook.pytest_deselected(items=seen[1:])
    items[:] = [item for item in items if item not in seen[1:]]


@pytest.fixture(scope="session")
def browser():
    """Chromium, started once: Playwright's ``Browser``."""
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser):
    """Open a page; at the end none complained, and none asked anybody outside for anything."""
    visits = Visits(browser)
    yield visits
    for context in browser.contexts:
        context.close()
    assert (visits.complaints, visits.outside) == ([], [])
