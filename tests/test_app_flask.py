"""The screen Flask: what it tells, and what is taken home of it makes the same numbers again."""

import inspect
import json
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("starlette")

from prenuc.errors import InputError
from prenuc.present.app.actions import ACTIONS
from prenuc.present.app.desk import Desk
from prenuc.present.app.frames import unpacked
from prenuc.present.app.messages import KINDS, checked
from prenuc.present.app.session import Session

RECIPE = "cds-msc-311-in-toluene"
OWN = """charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC
heat flask to 180 degC over 10 min
hold flask for 15 min
measure flask at 25 min, 40 min"""
NETWORK = """units: {time: s, concentration: mol/L}
species: {Cd(OA)2: {}, S: {}, C: {}}
reactions:
  - {equation: "Cd(OA)2 + S -> C", k: 0.5}
"""


@pytest.fixture
def session():
    found = Session(Desk())
    yield found
    found.desk.uploads.close()
    found.desk.jobs.close()


def act(session, name, **given):
    action, given = checked(ACTIONS, name, given)
    return action(session, **given)


def shown(session):
    frames = [unpacked(frame) for frame in session.take_frames()]
    return next(arrays for header, arrays in frames if header["of"] == "flask")["absorbance"]


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


def moved(session):
    act(session, "flask.set", set={"isomerisation.k": 0.021, "step 3: duration": 33.3})
    session.take_frames()
    act(session, "flask.set", set={"step 6: flask": 20.0})
    return shown(session)


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


def _ran(text):
    found = {}
    exec(text.replace("pn.convert(", "(lambda *_: None)("), found)  # noqa: S102  our own lines
    return found["spectra"].absorbance


def test_the_exported_files_and_commands_make_the_same_numbers(session, tmp_path):
    act(session, "flask.open", recipe=RECIPE)
    wanted = moved(session)
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


def test_a_reset_is_as_it_was_opened(session):
    told = act(session, "flask.open", recipe=RECIPE)
    before = shown(session)
    moved(session)
    assert act(session, "flask.reset")["steps"] == told["steps"]
    assert np.array_equal(shown(session), before)


def test_a_mechanism_comes_as_text(session):
    told = act(session, "flask.open", protocol=OWN, mechanism=NETWORK)
    assert told["mechanism"] == "mechanism"
    with pytest.raises(InputError, match=r"^mechanism\.yaml:4: "):
        act(session, "flask.open", protocol=OWN, mechanism=NETWORK.replace("Cd(OA)2 +", "X +"))
    with pytest.raises(InputError, match="based on another file"):
        act(session, "flask.open", protocol=OWN, mechanism="based_on: ../x.yaml\nchange: {}\n")


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
