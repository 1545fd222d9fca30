"""The notebooks of the documentation run from top to bottom and print what stands in them."""

from __future__ import annotations

import copy

import nbclient
import nbformat
import pytest

from walk import ROOT, difference

FOLDER = ROOT / "docs/notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))


def printed(cell):
    """Return the text that a cell printed, and the kinds of pictures that it drew."""
    texts = [one["text"] for one in cell.outputs if one.output_type == "stream"]
    drawn = [kind for one in cell.outputs for kind in one.get("data", {}) if "image" in kind]
    return "".join(texts), drawn


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_and_prints_what_stands_in_it(name, tmp_path):
    stored = nbformat.read(FOLDER / name, as_version=4)
    run = copy.deepcopy(stored)
    client = nbclient.NotebookClient(run, timeout=1200, startup_timeout=600)
    client.resources["metadata"] = {"path": tmp_path}
    client.execute()
    cells = [(a, b) for a, b in zip(stored.cells, run.cells, strict=True) if a.cell_type == "code"]
    assert cells
    for before, after in cells:
        (shown, pictures), (said, drawn) = printed(before), printed(after)
        assert difference(shown, said) == "", before.source
        assert pictures == drawn


def test_every_notebook_is_listed_and_was_run():
    page = (FOLDER / "index.md").read_text(encoding="utf-8")
    assert NOTEBOOKS
    for name in NOTEBOOKS:
        assert name.removesuffix(".ipynb") in page
        cells = nbformat.read(FOLDER / name, as_version=4).cells
        assert all(cell.execution_count for cell in cells if cell.cell_type == "code")
