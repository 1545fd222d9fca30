"""``python uplot.py``: fetch the one drawing library that the page uses, and check what came.

uPlot (MIT) is not ours and stands in no repository of ours: its files are taken from a package of
the registry when this one is built, and go into the wheel with their licence. A file that is not to
the last bit the expected one is refused. Where they are already there, nothing is asked.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "uplot-python==1.1.1"  # carries uPlot 1.6.16; of its own code and needs nothing is used
WHEEL = "07c96cc34ff9107c3751fc31dfad48ccd6e86c6deebb8b41d7ec7d9811722208"  # sha256
FILES = {
    "uplot/static/uPlot.iife.js": (
        "655bc8aa33781e8721c5af6b59f1699c03c9bda951aa74a6ab518ac20cc4326d"
    ),
    "uplot/static/uPlot.min.css": (
        "3f121cd4a997b634e07a887658850018e475c26f0bddd874109a8d382c19de87"
    ),
}
LICENSE = """uPlot is not part of prenuc. It is distributed with it under its own licence:

The MIT License (MIT)

Copyright (c) 2021, Leon Sorokin

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in
all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
THE SOFTWARE.
"""
FOLDER = Path(__file__).parent / "page" / "vendor"


def there(folder: Path = FOLDER) -> bool:
    """Return whether the files are there, each to the last bit as expected."""
    paths = {folder / Path(name).name: digest for name, digest in FILES.items()}
    return all(path.is_file() and _digest(path.read_bytes()) == d for path, d in paths.items())


def fetch(folder: Path = FOLDER) -> None:
    """Put the files into a folder, unless they are there.

    Raises:
        OSError: They cannot be had, or are others than expected.
    """
    if there(folder):
        return
    with tempfile.TemporaryDirectory() as place:
        content = _wheel(Path(place))
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in content.items():
        (folder / Path(name).name).write_bytes(data)
    (folder / "LICENSE").write_text(LICENSE, encoding="utf-8")


def _wheel(place: Path) -> dict[str, bytes]:
    """Return the files out of the package, which pip brings and checks."""
    wanted = place / "wanted.txt"
    wanted.write_text(f"{PACKAGE} --hash=sha256:{WHEEL}\n", encoding="utf-8")
    # a build has a path of its own, on which there is no pip
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--disable-pip-version-check", "--dest", str(place), "-r", str(wanted)]
    done = subprocess.run(command, check=False, env=clean, capture_output=True, text=True)  # noqa: S603
    found = list(place.glob("*.whl"))
    if done.returncode or not found:
        raise OSError(f"pip could not fetch {PACKAGE}: {done.stderr.strip()[-500:]}")
    with zipfile.ZipFile(found[0]) as archive:
        content = {name: archive.read(name) for name in FILES}
    wrong = [name for name, data in content.items() if _digest(data) != FILES[name]]
    if wrong:
        raise OSError(f"{', '.join(wrong)} of {PACKAGE} is not what it was")
    return content


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    fetch()
