"""``prenuc view``: sentences, JSON, figures, refusals."""

import json

import pytest

from commands import REAL, real, run, write
from view_bench import converting, moving


@pytest.fixture
def prenuc(capsys, monkeypatch):
    return lambda *arguments: run(capsys, monkeypatch, *arguments)


def test_the_answers_are_sentences_and_the_figures_are_written(prenuc, tmp_path):
    file = write(converting(m=20), tmp_path / "run.csv")
    answer = prenuc("view", file, "--figures", tmp_path / "f", "--figure-format", "png")
    assert answer.code == 0
    for text in ("2 components above the noise", "isosbestic point at", "converts:", "read as:"):
        assert text in answer.out
    names = ("components", "evolving", "isosbestic", "resolution", "first-order", "shift")
    assert {path.name for path in (tmp_path / "f").iterdir()} == {f"run-{n}.png" for n in names}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in (tmp_path / "f").iterdir())


def test_json_holds_every_view(prenuc, tmp_path):
    file = write(converting("A -> B -> C", (0.05, 0.01)), tmp_path / "run.csv")
    answer = prenuc("view", file, "--json", "--at", "371 nm", "--closure")
    found = json.loads(answer.out)
    assert answer.code == 0
    assert found["components"]["count"] == 3
    assert {one["answer"] for one in found["isosbestic"]["crossings"]} == {"fails"}
    assert found["resolution"]["unique"] is False
    assert len(found["resolution"]["components"]) == 3
    assert found["first_order"]["trace"] == "absorbance at 371 nm"
    assert found["shift"]["answer"] == "converts"
    assert found["verdicts"].keys() >= {"components", "evolving", "shift"}


def test_figures_are_the_same_byte_for_byte(prenuc, tmp_path):
    file = write(moving(m=10), tmp_path / "run.csv")
    for folder in ("a", "b"):
        assert prenuc("view", file, "--figures", tmp_path / folder).code == 0
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--between", "here"), "'here' is not a range of wavelengths"),
        (("--between", "700 800 nm"), "no wavelengths lie between"),
        (("--components", "9"), "9 components cannot be resolved"),
        (("--at", "900 nm"), "outside the spectra"),
    ],
)
def test_mistakes_are_named(prenuc, tmp_path, options, said):
    answer = prenuc("view", write(converting(m=8), tmp_path / "run.csv"), *options)
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""


def test_too_few_spectra_are_refused(prenuc, tmp_path):
    answer = prenuc("view", write(converting(m=4), tmp_path / "run.csv"))
    assert answer.code == 2
    assert "4 spectra are too few" in answer.err


@real
def test_a_real_file_is_looked_at(prenuc):
    answer = prenuc("view", REAL / "Run 2 UV-Vis.csv", "--between", "400-600 nm")
    assert answer.code == 0
    assert "components" in answer.out
    assert "only 400 to 600 nm" in answer.out
