"""Where the files of instruments are that others wrote and that are not committed."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "../shared/data"
FORMATS, JCAMP = DATA / "formats", DATA / "jcamp"
foreign = pytest.mark.skipif(not FORMATS.is_dir(), reason="no foreign files at ../shared/data")
