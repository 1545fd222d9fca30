"""Small inputs that broke something, each for a kind, and a healthy twin of each."""

import json
import math
import os
import stat
from pathlib import Path

import pytest

from commands import run as run_command
from prenuc.errors import InputError
from prenuc.present.files.exchange import convert
from prenuc.writing import whole, write_text

CASES = Path(__file__).parent / "data" / "cases"
TIMES = ("--times", "0 1")
HEAD = "units: {time: s, concentration: mol/L, energy: kJ/mol}\n"


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: run_command(capsys, monkeypatch, *arguments)


REFUSED = [
    ("02-null-initial", TIMES, ":2: 'initial' is empty"),
    ("02-null-Ea", TIMES, ":4: 'Ea' is empty"),
    ("02-null-composition", TIMES, ":2: 'Cd' is empty"),
    ("02-null-k", TIMES, ":5: 'k' is empty"),
    ("06-alias-bomb", TIMES, "unfolds to more than"),
    ("06-alias-bomb-protocol", (), "unfolds to more than"),
    ("07-unit-bomb", TIMES, "is not a unit"),
    ("08-overflow", TIMES, "which no number holds"),
    ("09-until", (*TIMES, "--until", "1..5 % of A is consumed"), "is no event"),
]


@pytest.mark.parametrize(("name", "options", "said"), REFUSED)
def test_it_is_refused_in_one_line(run, name, options, said):
    answer = run("simulate", CASES / f"{name}.yaml", *options)
    assert answer.code == 2
    told = answer.err.splitlines()
    assert len(told) == 1
    assert said in told[0]


def network(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


A_TO_B = "species: {A: {initial: 1}, B: {}}\nreactions:\n  - {equation: 'A -> B', k: %s}\n"
HEALTHY = [
    (HEAD + A_TO_B % "1", "A", math.exp(-1)),
    (HEAD + A_TO_B % "{at: 25 degC, value: 1, Ea: 50}", "A", math.exp(-1)),
    (HEAD + (A_TO_B % "1").replace("B: {}", "B: {initial: 0.5}"), "B", 1.5 - math.exp(-1)),
    (HEAD.replace("mol/L", "pmol/L") + A_TO_B % "1", "A", math.exp(-1)),
    (HEAD.replace("mol/L", "pmol/L") + (A_TO_B % "1").replace("'A ->", "'2 A ->"), "A", 1 / 3),
    (HEAD.replace("time: s", "time: 1/s^-1") + A_TO_B % "1", "A", math.exp(-1)),
    ("half: &k 0.5\n" + HEAD + A_TO_B % "*k", "A", None),
]


@pytest.mark.parametrize(("text", "species", "value"), HEALTHY)
def test_its_healthy_twin_runs(run, tmp_path, text, species, value):
    answer = run("simulate", network(tmp_path, text), *TIMES, "--json")
    if value is None:  # a key that nobody knows is refused, and the reference with it is not
        assert answer.code == 2
        assert "no 'half'" in answer.err
        return
    assert answer.code == 0
    assert json.loads(answer.out)["species"][species][-1] == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("species: {A: {initial: }, B: {initial: }}\n", "'initial' is empty"),
        (
            "species: {A: {initial: 1}}\nreactions:\n  - equation:\n    k: 1\n",
            "'equation' is empty",
        ),
        ("species: {A: {initial: 1}}\nreactions:\n  - {equation: [A, B], k: 1}\n", "must be text"),
        (HEAD + A_TO_B % "{at: , value: 1, Ea: 1}", "'at' is empty"),
        (HEAD + A_TO_B % "{at: 25 degC, value: , Ea: 1}", "'value' is empty"),
        (HEAD + A_TO_B % "1e400", "is not finite"),
        (HEAD + A_TO_B % "{at: 1000 K, value: 1, Ea: -1.0e+9}", "at 298.15 K"),
        ("units: {time: s**9**9**9}\n" + A_TO_B % "1", "is not a unit"),
        ("units: {time: " + "s*" * 400 + "s}\n" + A_TO_B % "1", "is not a unit"),
        ("units: {concentration: }\n" + A_TO_B % "1", "'concentration' is empty"),
    ],
)
def test_others_of_the_kind_are_refused(run, tmp_path, text, said):
    answer = run("simulate", network(tmp_path, text), *TIMES)
    assert answer.code == 2
    assert said in answer.err


def test_what_never_rests_is_said(run):
    asked = ("--times", "0 100", "--until", "steady state")
    answer = run("simulate", CASES / "01-steady-never.yaml", *asked)
    assert answer.code == 0
    assert "not within these times" in answer.out


def test_commas_of_two_kinds_in_one_file(run):
    answer = run("convert", CASES / "04-commas.csv", "--to", "csv", "--out", "out.csv")
    assert answer.code == 0
    assert Path("out.csv").read_text(encoding="utf-8").splitlines()[1] == "500.0,0.142,0.58"


def test_a_row_with_thousands_is_not_dropped(run):
    answer = run("convert", CASES / "04-thousands-tail.csv", "--to", "csv")
    assert answer.code == 2
    assert "04-thousands-tail.csv:9" in answer.err


def test_dollar_signs_are_text_in_a_report(run):
    answer = run("report", CASES / "05-mathtext.csv", "--to", "page.html")
    assert answer.code == 0
    page = Path("page.html").read_text(encoding="utf-8")
    assert r"$\frac{1}{$ 0 min" in page


@pytest.mark.parametrize(
    ("label", "cell"),
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        ("@cmd", "'@cmd"),
        ("+cmd|x", "'+cmd|x"),
        ("-5 min", "-5 min"),
        ("plain", "plain"),
    ],
)
def test_a_label_is_no_formula_in_a_table(series, tmp_path, label, cell):
    path = convert(series(label), "csv", tmp_path / "out.csv")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines if line.startswith("wavelength")] == [cell]


@pytest.fixture
def series():
    import numpy as np

    from prenuc.observe.series import SpectrumSeries

    def made(label):
        return SpectrumSeries(np.arange(300.0, 303.0), np.zeros(1), np.ones((1, 3)), (label,))

    return made


def test_nothing_is_written_through_a_link(tmp_path):
    """Neither a planted name beside the target nor the target itself leads elsewhere."""
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("mine", encoding="utf-8")
    folder = tmp_path / "out"
    folder.mkdir()
    for name in (".result.txt.part", "result.txt"):
        (folder / name).symlink_to(elsewhere)
    write_text(folder / "result.txt", "new")
    assert elsewhere.read_text(encoding="utf-8") == "mine"
    assert (folder / "result.txt").read_text(encoding="utf-8") == "new"
    assert not (folder / "result.txt").is_symlink()


def test_a_file_has_the_rights_of_a_new_one(tmp_path):
    old = os.umask(0o022)
    try:
        path = write_text(tmp_path / "a.txt", "x")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def full(*_, **__):
    raise OSError(28, "No space left on device")


def held(*_):
    raise PermissionError(13, "Permission denied")


def test_a_full_disk_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = write_text(tmp_path / "a.txt", "old")
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match="no space left"):
        write_text(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_bytes() == b"old"


def test_what_another_program_holds_is_kept_beside_it(tmp_path, monkeypatch):
    path = write_text(tmp_path / "a.txt", "old")
    replace, asked = Path.replace, []

    def once(self, target):
        asked.append(target)
        return held() if len(asked) == 1 else replace(self, target)

    monkeypatch.setattr(Path, "replace", once)
    with pytest.raises(InputError, match=r"a \(1\)\.txt"):
        write_text(path, "new")
    assert path.read_bytes() == b"old"
    assert (tmp_path / "a (1).txt").read_bytes() == b"new"


def test_an_interrupted_writer_leaves_nothing(tmp_path):
    def interrupted():
        with whole(tmp_path / "a.txt") as partial:
            partial.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not [*tmp_path.iterdir()]


RECIPE = "cds-msc-311-in-toluene"
UNRELATED = "species: {X: {initial: 1}, Y: {}}\nreactions:\n  - {equation: 'X -> Y', k: 1}\n"


def test_a_mechanism_of_other_things_than_the_recipe_is_refused(run, tmp_path):
    path = network(tmp_path, UNRELATED)
    answer = run("simulate", RECIPE, "--mechanism", path)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert f"mine.yaml: {RECIPE} charges no species of this mechanism" in answer.err
    assert "'Cd(OA)2', 'HOA', 'ODE' and 2 more" in answer.err


def test_a_mechanism_without_compositions_shows_its_concentrations(run, tmp_path):
    """Sulfur that decays in the flask and in the cuvette: what was charged is diluted."""
    path = network(tmp_path, UNRELATED.replace("X", "S"))
    asked = (RECIPE, "--mechanism", path, "--inert", "Cd(OA)2", "--inert", "HOA")
    answer = run("simulate", *asked)
    assert answer.code == 0
    assert "concentrations / (mmol/L)" in " ".join(answer.out.split())
    head, first = (
        line.split() for line in answer.out.splitlines() if "  S " in line or " 4 min" in line
    )
    assert (head[0], *head[-2:]) == ("measurement", "S", "Y")
    told = json.loads(run("simulate", *asked, "--json").out)
    expected = told["measurements"][0]["amounts"]["Y"]
    assert expected > 0
    assert float(first[-1]) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scheme": ["A -> B"]}, "a list stands where a text is expected"),
        ({"scheme": "\ud800"}, "is not complete"),
        ({"warnings": "late"}, "a str stands where a list is expected"),
        ({"history": [1]}, "a float stands where a text is expected"),
        ({"parameters": {"k": {"value": 10**400}}}, "not JSON"),
        ({"parameters": {"k": {"value": float("nan")}}}, "not JSON"),
        ({"parameters": {"k": {"value": 1, "unit": {}}}}, "is not complete"),
    ],
)
def test_a_saved_answer_of_other_types_is_refused(run, change, said):
    """Lists, numbers and torn signs in place of texts ended in a traceback of the page."""
    answer = {"scheme": "A -> B", "parameters": {"k": {"value": 1.0}}, "derived": {}}
    for told, code in ((answer, 0), (answer | change, 2)):
        Path("saved.json").write_text(json.dumps(told), encoding="utf-8")
        found = run("report", "saved.json", "--to", "page.html")
        assert found.code == code
    assert found.err.startswith("prenuc: saved.json: ")
    assert said in found.err


def test_a_title_that_no_file_can_hold_is_kept_as_its_number(run):
    answer = run("report", CASES / "05-mathtext.csv", "--to", "page.html", "--title", "run \udcff")
    assert answer.code == 0
    assert r"<h1>run \udcff</h1>" in Path("page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "behind", [{"prenuc": "{}"}, {"prenuc": "{", "versions": '{"prenuc": "9"}'}]
)
def test_a_foreign_file_in_place_of_a_saved_run_is_refused(tmp_path, behind):
    import xarray as xr

    from prenuc.simulation import archive

    data = xr.Dataset({"a": ("x", [1.0])}, attrs=behind)
    if "versions" in behind:
        data.attrs["sha256"] = archive._hash(data)
    data.to_netcdf(tmp_path / "run.nc", engine="scipy")
    with pytest.raises(InputError, match=r"holds no run|prenuc 9 wrote"):
        archive.read(tmp_path / "run.nc")


@pytest.mark.parametrize("nm", ["55" * 60, "1e300", "1e7", "nan", "-1", "0"])
def test_a_number_that_is_no_wavelength_is_refused(run, nm):
    answer = run("size", "CdSe", nm)
    assert answer.code == 2
    assert "is none" in answer.err or "No such option" in answer.err
    healthy = json.loads(run("size", "CdSe", "550", "--json").out)
    assert healthy[0]["diameter_nm"] == pytest.approx(3.0, abs=0.3)
