import pytest

from serving import running
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
