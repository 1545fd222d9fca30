import pytest

import working
from prenuc.present.app.screens import next as next_screen
from serving import running, running_here
from shown import opened


@pytest.fixture(scope="session")
def app():
    """One application for all tests; each opens it with the key, in a browser of its own."""
    with running() as found:
        found.exchange()
        yield found


@pytest.fixture
def shown(app, visit):
    """Open the application in Chromium: Playwright's ``Page``, with what is shown exact."""

    def call(width=1400, **options):
        return opened(app, visit("about:blank", width, **options))

    return call


@pytest.fixture
def without_end(monkeypatch):
    """An application that never finds out what to do next."""
    monkeypatch.setattr(next_screen, "proposals", working.endless)
    with running_here() as found:
        yield found


@pytest.fixture
def endless(without_end, visit):  # in this order: a page is closed before its application
    """A page of an application that never finds out what to do next."""
    return opened(without_end, visit("about:blank"))
