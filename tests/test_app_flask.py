"""The screen Flask: what it tells, and what is taken home of it makes the same numbers again."""

import inspect
import json
import subprocess
import sys

import numpy as np
import pytest
import yaml

import prenuc as pn
from asked import NETWORK, OWN, RECIPE, act, moved, shown
from prenuc.errors import InputError, PrenucError
from prenuc.observe.live.experiment import Live
from prenuc.present.app.actions import ACTIONS
from prenuc.present.app.desk import Desk
from prenuc.present.app.frames import unpacked
from prenuc.present.app.messages import KINDS
from prenuc.present.app.session import Session


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_says_what_it_takes(name):
    first, *others = inspect.signature(ACTIONS[name]).parameters.values()
    assert first.name == "session"
    for one in others:
        assert one.kind is one.KEYWORD_ONLY
        assert {*str(one.annotation).split(" | ")} <= {*KINDS, "None"}, one


def test_a_flask_tells_steps_constants_and_species(session):
    told = act(session, "flask.open", recipe=RECIPE)
    assert [one["kind"] for one in told["steps"][:3]] == ["charge", "heat", "hold"]
    hold = told["steps"][2]
    assert (hold["begin_min"], hold["end_min"], hold["begin_c"]) == pytest.approx((10, 30, 180))
    (handle,) = hold["handles"]
    assert (handle["name"], handle["value"], handle["unit"]) == ("step 3: duration", 20.0, "min")
    constant = next(one for one in told["constants"] if one["name"] == "isomerisation.k")
    assert constant["prior_low"] < constant["value"] < constant["prior_high"]
    assert constant["status"] in {"fitted", "assumed"}
    assert constant["source"]
    assert {"MSC-311", "PC-311"} <= {one["name"] for one in told["species"]}


def test_what_is_compared_is_what_was_shown_and_leaves_the_flask_as_it_is(session):
    act(session, "flask.open", recipe=RECIPE)
    then, kept = moved(session), act(session, "flask.state")
    act(session, "flask.set", set={"isomerisation.k": 0.01, "uptake.k": 0.2})
    now = act(session, "flask.state")
    session.take_frames()
    act(session, "flask.beside", set={**kept["change"], **kept["moved"]})
    assert np.array_equal(shown(session, "beside"), then)
    assert act(session, "flask.state") == now


@pytest.mark.parametrize("opened", [{"recipe": RECIPE}, {"protocol": OWN}])
def test_the_exported_python_makes_the_same_numbers(session, opened):
    if "protocol" in opened:
        act(session, "flask.open", **opened, mechanism="two-pathway/CdS")
        session.take_frames()
        act(session, "flask.set", set={"isomerisation.k": 0.021, "step 3: duration": 13.3})
        wanted = shown(session)
    else:
        act(session, "flask.open", **opened)
        wanted = moved(session)
    text = act(session, "flask.export", **{"as": "python"})["text"]
    assert np.array_equal(_ran(text), wanted)


def test_the_exported_python_reads_the_mechanism_file_that_is_exported(
    session, tmp_path, monkeypatch
):
    act(session, "flask.open", protocol=OWN, mechanism=NETWORK)
    wanted = shown(session)
    told = act(session, "flask.export", **{"as": "mechanism"})
    (tmp_path / told["name"]).write_text(told["text"])
    monkeypatch.chdir(tmp_path)
    assert np.array_equal(_ran(act(session, "flask.export", **{"as": "python"})["text"]), wanted)


def test_what_cannot_be_run_leaves_open_what_was(session, monkeypatch):
    act(session, "flask.open", recipe=RECIPE)
    before = shown(session)

    def gives_up(*_, **__):
        raise PrenucError("the integrator gave up")

    with monkeypatch.context() as patch:
        patch.setattr(Live, "run", gives_up)
        with pytest.raises(PrenucError, match="gave up"):
            act(session, "flask.open", protocol=OWN, mechanism="two-pathway/CdS")
    assert act(session, "flask.state")["recipe"] == RECIPE
    act(session, "flask.set", set={})
    assert np.array_equal(shown(session), before)


def _ran(text):
    found = {}
    exec(text.replace("pn.convert(", "(lambda *_: None)("), found)  # noqa: S102  our own lines
    return found["spectra"].absorbance


BASED = "based_on: two-pathway/CdS\nchange: {uptake.k: 0.2 L/mmol/min}  # as I think\n"
OWNS = {
    "network": f"# of my own\n{NETWORK}# and no more",
    "flow": json.dumps(yaml.safe_load(NETWORK)),
    "changed": f"change: {{R1.k: 0.4 (mol/L)^-1/s}}\n{NETWORK}",
    "based": BASED,
}


@pytest.mark.parametrize("own", [None, *OWNS])
def test_the_exported_files_and_commands_make_the_same_numbers(session, tmp_path, own):
    if own is None:
        act(session, "flask.open", recipe=RECIPE)
        wanted = moved(session)
    else:
        act(session, "flask.open", protocol=OWN, mechanism=OWNS[own])
        constant = "isomerisation.k" if own == "based" else "R1.k"
        session.take_frames()
        act(session, "flask.set", set={constant: 0.1 + 0.2, "step 3: duration": 12.7})
        wanted = shown(session)
    for kind in ("protocol", "mechanism"):
        told = act(session, "flask.export", **{"as": kind})
        (tmp_path / told["name"]).write_text(told["text"])
        assert session.desk.download(told["download"]).content.decode() == told["text"]
    line = act(session, "flask.export", **{"as": "commands"})["text"].split()
    assert line[:2] == ["prenuc", "simulate"]
    words = [*line[1:-4], "--json"]
    command = "from prenuc.present.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, *words], cwd=tmp_path, capture_output=True, check=True
    )
    answer = json.loads(done.stdout)
    found = np.array([one["absorbance"] for one in answer["measurements"]])
    assert np.array_equal(found, wanted)
    assert wanted.max() > 0.1


@pytest.mark.parametrize("kind", ["spectra", "figure"])
def test_spectra_and_figure_are_files(session, kind):
    act(session, "flask.open", recipe=RECIPE)
    told = act(session, "flask.export", **{"as": kind})
    content = session.desk.download(told["download"]).content
    assert (b"<svg" if kind == "figure" else b"wavelength") in content


def test_an_unknown_export_and_no_flask_are_said(session):
    with pytest.raises(InputError, match="no flask is open"):
        act(session, "flask.export", **{"as": "python"})
    act(session, "flask.open", recipe=RECIPE)
    with pytest.raises(InputError, match="Nearest: 'python'"):
        act(session, "flask.export", **{"as": "pyton"})


def test_a_state_opens_the_same_flask_again(session):
    assert act(session, "flask.state") is None
    act(session, "flask.open", recipe=RECIPE)
    wanted, state = moved(session), act(session, "flask.state")
    again = Session(Desk())
    act(again, "flask.open", **state)
    assert np.array_equal(shown(again), wanted)


def test_a_mechanism_comes_as_text(session):
    told = act(session, "flask.open", protocol=OWN, mechanism=NETWORK)
    assert told["mechanism"] == "mechanism"
    with pytest.raises(InputError, match=r"^mechanism\.yaml:4: "):
        act(session, "flask.open", protocol=OWN, mechanism=NETWORK.replace("Cd(OA)2 +", "X +"))


@pytest.mark.parametrize(
    "text",
    [
        "based_on: ../x.yaml\nchange: {}\n",
        'based_on: "../my x.yaml"\nchange: {}\n',
        "{based_on: ../x.yaml,\nchange: {}}\n",
        'based_on: "../x\\x2eyaml"\nchange: {}\n',
    ],
)
def test_a_mechanism_of_text_reads_no_file_of_the_machine(session, text):
    with pytest.raises(InputError, match="based on another file"):
        act(session, "flask.open", protocol=OWN, mechanism=text)


def test_a_protocol_file_comes_as_text(session):
    lines = "\n".join(f"  - {line}" for line in OWN.splitlines())
    text = f"name: mine\nmechanism: two-pathway/CdS\nprotocol:\n{lines}\n"
    assert act(session, "flask.open", protocol=text)["title"] == "mine"
    with pytest.raises(InputError, match=r"^protocol\.yaml:5: "):
        act(session, "flask.open", protocol=text.replace("heat flask", "heta flask"))


def test_both_or_neither_is_refused(session):
    for given in ({}, {"recipe": RECIPE, "protocol": OWN}):
        with pytest.raises(InputError, match="nothing to open"):
            act(session, "flask.open", **given)


def laid(session, tmp_path, k, noise=1e-3):
    """Lay spectra over a flask that were simulated with another constant."""
    protocol = pn.Protocol.from_recipe(pn.recipe(RECIPE))
    mechanism = pn.mechanism_for("two-pathway/CdS", protocol)
    unit = mechanism.constants["isomerisation.k"].quantity.unit
    moved = mechanism.with_constants({"isomerisation.k": pn.Quantity(k, unit)})
    spectra = pn.uv_vis(pn.simulate(moved, protocol), noise=noise, seed=5)
    pn.convert(spectra, "csv", tmp_path / "run.csv")
    name = session.desk.uploads.add("run.csv", (tmp_path / "run.csv").read_bytes())
    return act(session, "flask.overlay", uploads=[name])


def test_spectra_laid_over_have_the_chi2_of_their_noise_where_the_constant_is_theirs(
    session, tmp_path
):
    told = act(session, "flask.open", recipe=RECIPE)
    k = next(one["value"] for one in told["constants"] if one["name"] == "isomerisation.k")
    session.take_frames()
    found = laid(session, tmp_path, 1.02 * k)
    (words, arrays), *_ = [unpacked(frame) for frame in session.take_frames()]
    assert arrays["data_absorbance"].shape == (49, 416)
    assert found["readings"] == 49 * 416
    assert found["sd"] == pytest.approx(1e-3, rel=0.05)
    assert words["words"]["chi2"] == found["chi2"] > 1.1 * found["readings"]
    said = act(session, "flask.interval", name="isomerisation.k")
    assert said["low"] < 1.02 * k < said["high"]
    assert said["high"] - said["low"] < 0.02 * k
    act(session, "flask.set", set={"isomerisation.k": said["best"]})
    (words, arrays), *_ = [unpacked(frame) for frame in session.take_frames()]
    assert words["words"]["chi2"] == pytest.approx(found["readings"], rel=0.1)
    assert "data_absorbance" not in arrays
    assert act(session, "flask.overlay") is None


def test_nothing_is_said_of_a_constant_that_is_far_off(session, tmp_path):
    told = act(session, "flask.open", recipe=RECIPE)
    k = next(one["value"] for one in told["constants"] if one["name"] == "isomerisation.k")
    laid(session, tmp_path, 5.0 * k)
    assert act(session, "flask.interval", name="isomerisation.k")["best"] is None


def test_spectra_of_another_flask_are_refused(session, tmp_path):
    act(session, "flask.open", recipe="cds-3b-msa-at-30-min")
    with pytest.raises(InputError, match="49 spectra do not match the 8 measurements"):
        laid(session, tmp_path, 0.015)
    with pytest.raises(InputError, match="no spectra are laid over"):
        act(session, "flask.interval", name="isomerisation.k")
