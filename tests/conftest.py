"""One hypothesis profile for everybody, the same on every machine; what several files read with."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from prenuc.mechanism import read_mechanism

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
