"""What is dropped on the page: each kind of report goes to the screen that can show it."""

import json

import numpy as np
import pytest
import yaml

import prenuc as pn
from asked import NETWORK, OWN, RECIPE, act, moved, shown
from commands import dots
from prenuc.errors import InputError
from prenuc.infer.fit.data_set import DataSet
from prenuc.present.app import carried
from prenuc.present.files.extract import extract
from prenuc.present.files.kept import keep
from prenuc.present.tables.plain import plain
from prenuc.sweeps.swept import Swept


def dropped(session, path, **given):
    name = session.desk.uploads.add(path.name, path.read_bytes())
    return act(session, "flask.open", upload=name, **given)


def test_a_report_gives_its_run_back(session, tmp_path):
    protocol = pn.Protocol.from_recipe(pn.recipe(RECIPE)).with_duration({3: "25 min"})
    mechanism = pn.mechanism_for("two-pathway/CdS", protocol)
    run = pn.simulate(mechanism.with_constants({"isomerisation.k": "0.02 1/min"}), protocol)
    pn.report(run, pn.uv_vis(run), to=tmp_path / "run.html")
    told = dropped(session, tmp_path / "run.html")
    assert "hold flask for 25 min" in told["protocol"]
    assert next(c["value"] for c in told["constants"] if c["name"] == "isomerisation.k") == 0.02
    assert np.array_equal(shown(session), pn.uv_vis(run).absorbance)
    given = session.read(
        [session.desk.uploads.add("run.html", (tmp_path / "run.html").read_bytes())]
    )
    assert np.array_equal(given.data.absorbance, pn.uv_vis(run).absorbance)


@pytest.mark.parametrize("saved", [False, True])
def test_a_report_of_a_mechanism_of_ones_own_gives_its_run_back(session, tmp_path, saved):
    (tmp_path / "mine.yaml").write_text(f"# of my own\n{NETWORK}")
    protocol = pn.Protocol.from_text(OWN, name="mine")
    mechanism = pn.read_mechanism(tmp_path / "mine.yaml").with_constants(
        {"R1.k": "0.2 (mol/L)^-1/s"}
    )
    run = pn.simulate(mechanism, protocol)
    path = tmp_path / ("run.json" if saved else "run.html")
    if saved:
        path.write_text(json.dumps({"results": keep([run])}))
    else:
        pn.report(run, to=path)
    (tmp_path / "mine.yaml").unlink()
    told = dropped(session, path)
    assert (told["title"], [one["value"] for one in told["constants"][:1]]) == ("mine", [0.2])
    assert np.array_equal(shown(session), pn.uv_vis(run).absorbance)
    act(session, "flask.open", **told["source"])
    assert act(session, "flask.export", **{"as": "mechanism"})["text"] == f"# of my own\n{NETWORK}"
    act(session, "flask.set", set={"R1.k": 0.2})
    now = session.flask.live.mechanism_now.parameters
    assert {name: one.quantity for name, one in now.items()} == {
        name: one.quantity for name, one in mechanism.parameters.items()
    }
    assert str(now["R1.Ea"].source) == "user @ mechanism.yaml:5"


def test_a_mechanism_file_is_for_the_flask_that_is_open(session, tmp_path):
    source = act(session, "flask.open", recipe=RECIPE)["source"]
    (tmp_path / "faster.yaml").write_text(
        "based_on: two-pathway/CdS\nchange: {isomerisation.k: 0.021 1/min}\n"
    )
    told = dropped(session, tmp_path / "faster.yaml", **source)
    assert (told["recipe"], told["mechanism"]) == (RECIPE, "two-pathway/CdS")
    assert next(c["given"] for c in told["constants"] if c["name"] == "isomerisation.k") == 0.021
    first = shown(session)
    act(session, "flask.set", set={"uptake.k": 0.2})
    text = act(session, "flask.export", **{"as": "mechanism"})["text"]
    assert set(yaml.safe_load(text)["change"]) == {"isomerisation.k", "uptake.k"}
    lines = "\n".join(f"  - {line}" for line in OWN.splitlines())
    (tmp_path / "flask.yaml").write_text(f"name: mine\nprotocol:\n{lines}\n")
    told = dropped(session, tmp_path / "flask.yaml", **told["source"])
    assert next(c["given"] for c in told["constants"] if c["name"] == "isomerisation.k") == 0.021
    act(session, "flask.open", recipe=RECIPE, mechanism=told["source"]["mechanism"])
    assert not np.array_equal(first, shown(session))


def test_a_saved_state_and_a_protocol_file_are_dropped(session, tmp_path):
    act(session, "flask.open", recipe=RECIPE)
    wanted, state = moved(session), act(session, "flask.state")
    (tmp_path / "state.json").write_text(json.dumps(state))
    dropped(session, tmp_path / "state.json")
    assert np.array_equal(shown(session), wanted)
    told = act(session, "flask.export", **{"as": "protocol"})
    own = f"{RECIPE}-mechanism.yaml"
    (tmp_path / "flask.yaml").write_text(told["text"].replace(own, "two-pathway/CdS"))
    assert dropped(session, tmp_path / "flask.yaml")["title"] == RECIPE


LINES = "\n".join(f"  - {line}" for line in OWN.splitlines())
NAMED = {
    "my flask.yaml": f"mechanism: my mechanism.yaml\nprotocol:\n{LINES}\n",
    "my mechanism.yaml": NETWORK,
    "other.yaml": NETWORK.replace("0.5", "0.7"),
}
BASED = NAMED | {
    "changed.yaml": "based_on: other.yaml\nchange:\n  R1.k: 0.2 (mol/L)^-1/s\n",
    "flask of changed.yaml": f"mechanism: changed.yaml\nprotocol:\n{LINES}\n",
}


def added(session, *names):
    return [session.desk.uploads.add(name, BASED[name].encode()) for name in names]


@pytest.mark.parametrize("order", [1, -1])
def test_a_protocol_and_the_mechanism_file_that_it_names_are_dropped_together(session, order):
    uploads = added(session, *[*NAMED][::order])
    found = act(session, "uploads.screens", uploads=uploads)
    assert found == {"first": uploads[::order][0], "screens": ["flask"]}
    told = act(session, "flask.open", upload=found["first"], recipe=RECIPE)
    assert next(c["given"] for c in told["constants"] if c["name"] == "R1.k") == 0.5
    assert told["source"]["mechanism"] == NETWORK


def test_a_protocol_finds_the_mechanism_file_that_was_dropped_before(session):
    held = session.desk.uploads
    protocol = NAMED["my flask.yaml"].replace("my mechanism", "her mechanism")
    flask = held.add("her flask.yaml", protocol.encode())
    with pytest.raises(InputError, match=r"another file, her mechanism\.yaml\. Drop both"):
        act(session, "flask.open", upload=flask)
    held.add("her mechanism.yaml", NETWORK.encode())
    added(session, "other.yaml")
    told = act(session, "flask.open", upload=flask)
    assert told["source"]["mechanism"] == NETWORK
    told = act(session, "flask.open", protocol=protocol)
    assert told["source"]["mechanism"] == NETWORK
    with pytest.raises(InputError, match=r"another file, her flask\.yaml"):
        act(session, "flask.open", protocol=protocol.replace("her mechanism", "her flask"))


@pytest.mark.parametrize("names", [("changed.yaml",), ("changed.yaml", "flask of changed.yaml")])
@pytest.mark.parametrize("order", [1, -1])
def test_a_mechanism_is_dropped_with_the_file_that_it_is_based_on(session, tmp_path, names, order):
    for name in ("other.yaml", "changed.yaml"):
        (tmp_path / name).write_text(BASED[name])
    wanted = pn.simulate(pn.read_mechanism(tmp_path / "changed.yaml"), pn.Protocol.from_text(OWN))
    shuffled = ["other.yaml", *names][::order]
    uploads = added(session, *shuffled)
    found = act(session, "uploads.screens", uploads=uploads)
    assert shuffled[uploads.index(found["first"])] == names[-1]
    told = act(session, "flask.open", upload=found["first"], protocol=OWN)
    assert np.array_equal(shown(session), pn.uv_vis(wanted).absorbance)
    act(session, "flask.open", **told["source"])  # without the files
    assert act(session, "flask.state")["mechanism"].startswith(NETWORK.partition("reactions")[0])
    assert np.array_equal(shown(session), pn.uv_vis(wanted).absorbance)


def test_a_mechanism_that_is_based_on_a_file_which_is_not_there_says_so(session):
    name = "alone.yaml"
    alone = session.desk.uploads.add(name, b"based_on: base.yaml\nchange: {R1.q: 1 1/s}\n")
    assert act(session, "uploads.screens", uploads=[alone])["first"] == alone
    said = r"^alone\.yaml:1: this mechanism is based on another file, base\.yaml\. Drop both files"
    with pytest.raises(InputError, match=said):
        act(session, "flask.open", upload=alone, protocol=OWN)
    session.desk.uploads.add("base.yaml", NETWORK.encode())
    with pytest.raises(InputError, match=r"^alone\.yaml:2: no constant 'R1\.q'"):
        act(session, "flask.open", upload=alone, protocol=OWN)
    session.desk.uploads.add("base.yaml", b"based_on: two-pathway/CdS\nchange: {}\n")
    with pytest.raises(InputError, match=r"base\.yaml changes another mechanism itself"):
        act(session, "flask.open", upload=alone, protocol=OWN)


def test_several_files_that_cannot_be_shown_at_once_are_refused(session):
    for names in (
        ["my flask.yaml", "my flask.yaml"],
        ["other.yaml", "my mechanism.yaml"],
        ["changed.yaml", "my mechanism.yaml"],
    ):
        with pytest.raises(InputError, match=f"{names[0]}, {names[1]} cannot be shown at once"):
            session.desk.uploads.leading(added(session, *names))
    wrong = session.desk.uploads.add("x.yaml", b"a: b")
    worse = session.desk.uploads.add("y.yaml", b"a: &a [*a]")
    with pytest.raises(InputError) as refused:
        session.desk.uploads.leading([wrong, worse])
    assert [one.where for one in refused.value.problems] == ["x.yaml", "y.yaml:1"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.json", '{"moved": {"x": "y"}, "recipe": "none"}', "'moved' is not a number for each"),
        ("x.json", '{"moved": {"x": NaN}, "recipe": "none"}', "'moved' is not a number for each"),
        ("x.json", '{"moved": {}, "recipe": "none"}', "no recipe"),
        ("x.json", "{}", "no answer of prenuc"),
        ("x.html", "<html></html>", "holds no results"),
        ("x.yaml", "based_on: two-pathway/Cd\nchange: {}\n", r"^mechanism\.yaml:1: no"),
        ("x.yaml", "based_on: ../x.yaml\nchange: {}\n", "based on another file"),
        ("x.yaml", "species: {A: {}}\n", "neither a protocol nor a mechanism"),
        ("x.yaml", "a: &a [*a]", "x.yaml"),
        (
            "x.yaml",
            f"mechanism: /etc/nowhere.yaml\nprotocol: [{json.dumps(OWN.splitlines()[0])}]",
            "stands in another file, nowhere.yaml. Drop both files together",
        ),
    ],
)
def test_a_dropped_file_that_opens_nothing_is_refused(session, tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=said) as refused:
        dropped(session, tmp_path / name)
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"protocol": "wait"}, "'wait' is not something that a protocol can do"),
        ({"protocol": "protocol: &a [*a]"}, r"^protocol\.yaml:1"),
        ({"protocol": OWN, "mechanism": "a: &a [*a]\n"}, r"^mechanism\.yaml:1"),
    ],
)
def test_texts_of_a_dropped_state_are_read_where_they_do_no_harm(session, state, said):
    text = json.dumps({"moved": {}, **state}).encode()
    with pytest.raises(InputError, match=said):  # of the process that reads, not of ours
        session.desk.uploads.opening(session.desk.uploads.add("x.json", text))


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """A folder with a report of each kind, and the spectra that are in most of them."""
    folder = tmp_path_factory.mktemp("reports")
    protocol = pn.Protocol.from_recipe(pn.recipe(RECIPE))
    run = pn.simulate(pn.two_pathway("CdS"), protocol)
    series = pn.uv_vis(run, noise=1e-3, seed=1)
    trace = series.trace("311 nm")
    sets = [DataSet(data=series, label="a"), DataSet(data=series, label="b")]
    none = np.full(1, 7.0)
    kinds = {
        "simulation": (run, series),
        "panel": (pn.kinetic_panel("2a-b", run=run),),
        "sweep": (Swept(protocol, run.mechanism, {}, {"x": none}, {"x": "1"}, ("",), "x"),),
        "spectra": (series,),
        "fit": (pn.fit(trace, "PC -> MSC"),),
        "global fit": (pn.fit(series, "A -> B"),),
        "many": (pn.fit(sets, "A -> B"),),
        "analysis": (pn.analyze(series),),
        "comparison": (pn.compare_schemes(trace, ["A -> B", "2 A -> B"]), series),
        "verdict": (pn.compare_schemes(trace, ["A -> B", "2 A -> B"]),),
        "court": (pn.ablate("two-pathway/CdS"),),
        "course": (pn.course(run, "cuvette"),),
    }
    for kind, results in kinds.items():
        pn.report(*results, to=folder / f"{kind}.html")
    growing = dots(tuple(532.0 - 48.0 * np.exp(-np.arange(9) / 4.0)))
    laws = pn.growth_laws(pn.analyze(growing, material="CdSe"))
    for kind, results in (("fit", kinds["fit"]), ("growth", [laws])):
        (folder / f"{kind}.json").write_text(json.dumps({"results": keep(results)}))
    return folder, series


DATA = "spectra", "fit", "global fit", "many", "analysis"
FITTED = "fit", "global fit", "many", "panel"
SHOWN = {kind: ["spectra"] for kind in DATA} | {
    "comparison": ["court", "spectra"],
    "verdict": ["court"],
    "court": ["court"],
    "growth": ["court"],
    "simulation": ["flask", "spectra"],
    "panel": ["flask", "spectra"],
    "sweep": ["flask"],
}


@pytest.mark.parametrize("kind", SHOWN)
def test_what_is_dropped_goes_to_a_screen_that_can_show_it(session, reports, kind):
    folder, series = reports
    path = folder / (f"{kind}.json" if kind in {"fit", "growth"} else f"{kind}.html")
    name = session.desk.uploads.add(path.name, path.read_bytes())
    found = act(session, "uploads.screens", uploads=[name])
    assert found == {"first": name, "screens": SHOWN[kind]}
    if "flask" in SHOWN[kind]:
        assert act(session, "flask.open", upload=name)["title"] == RECIPE
    if "spectra" in SHOWN[kind]:
        told = act(session, "spectra.open", uploads=[name])
        data = session.kept["spectra"].data
        if told["kind"] == "trace":
            assert np.array_equal(data.value, series.trace("311 nm").value)
        else:
            assert np.array_equal(data.absorbance, series.absorbance)
        several = any("the first of 2" in line for line in told["history"])
        assert several == (kind in {"many", "panel"})
        assert [len(told["fits"]) == 1] == [kind in FITTED]


@pytest.mark.parametrize("kind", ["fit", "global fit", "many"])
def test_a_fit_is_shown_as_the_report_has_it(session, reports, kind):
    path = reports[0] / f"{kind}.html"
    name = session.desk.uploads.add(path.name, path.read_bytes())
    (told,) = act(session, "spectra.open", uploads=[name])["fits"]
    (kept,) = extract(path).results
    assert told["parameters"] == plain(kept)["parameters"]
    assert "\n".join(told["report"]) == kept.fit_report(equivalents=True)
    assert all(np.isscalar(one) for one in told["derived"].values())
    if kind == "fit":
        assert told["drawn"]["residuals"] == pytest.approx(kept.residuals)
        assert told["drawn"]["fitted"] == pytest.approx(kept.fitted)
    elif kind == "global fit":
        assert np.array(told["drawn"]["spectra"]) == pytest.approx(kept.spectra, rel=1e-4)


@pytest.mark.parametrize(
    "told", [None, {}, "x", ["x"], [{}], [{"scheme": "A -> B"}], [[[[[[[1]]]]]]]]
)
def test_a_fit_that_is_none_is_refused(told):
    with pytest.raises(InputError, match="gave no fit"):
        carried.fits(told)


def reported(session, reports, kind):
    """Return what the screen Court shows of a report."""
    (path,) = reports[0].glob(f"{kind}.*")
    name = session.desk.uploads.add(path.name, path.read_bytes())
    return act(session, "court.report", upload=name)["verdicts"]


def test_a_comparison_is_drawn_with_its_data_and_models(session, reports):
    (found,) = reported(session, reports, "verdict")
    (kept,) = extract(reports[0] / "verdict.html").results
    assert found["answer"] == [kept.verdict, *(f"{one}." for one in kept.constants)]
    assert [row[0] for row in found["table"]["rows"]] == [one.model for one in kept.ranking]
    drawn, curves = found["drawn"], kept.curves
    assert drawn["seen"] == list(curves.seen[:, curves.telling])
    for one in drawn["models"]:
        fitted = curves.fitted[one["name"]][:, curves.telling]
        assert one["fitted"] == pytest.approx(fitted, nan_ok=True)
        left = [None if x is None else x * curves.sd for x in one["left"]]
        assert left == pytest.approx(list(curves.seen[:, curves.telling] - fitted))


def test_ablations_are_shown_as_those_of_the_screen(session, reports):
    (found,) = reported(session, reports, "court")
    usual = act(session, "court.ablations", mechanism="two-pathway/CdS")
    assert {key: found[key] for key in usual if key != "command"} == {
        key: one for key, one in usual.items() if key != "command"
    }


def test_laws_of_growth_are_weighed_in_their_report(session, reports):
    (found,) = reported(session, reports, "growth")
    assert len(found["table"]["rows"]) > 1
    with pytest.raises(InputError, match="this holds no verdict, but 'Figure 2a-b"):
        reported(session, reports, "panel")


@pytest.mark.parametrize(
    "told",
    [None, [], {}, "x", ["x"], [{}], [{"kind": "x"}], [{"kind": "ablations", "x": [[[[[[1]]]]]]}]],
)
def test_a_verdict_that_is_none_is_refused(told):
    with pytest.raises(InputError, match="gave no verdict"):
        carried.verdicts(told)


def test_what_no_screen_can_show_says_what_it_holds(session, reports):
    content = (reports[0] / "course.html").read_bytes()
    said = "holds no flask, no spectra and no verdict, but 'Course of cuvette"
    with pytest.raises(InputError, match=said):
        session.desk.uploads.leading([session.desk.uploads.add("course.html", content)])
