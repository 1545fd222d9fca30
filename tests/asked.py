"""What a page asks of the screen Flask, and the spectra that it is sent."""

from prenuc.present.app.actions import ACTIONS
from prenuc.present.app.frames import unpacked
from prenuc.present.app.messages import checked

RECIPE = "cds-msc-311-in-toluene"
OWN = """charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC
heat flask to 180 degC over 10 min
hold flask for 15 min
measure flask at 25 min, 40 min"""
NETWORK = """units: {time: s, concentration: mol/L}
components: {Cd(OA)2: {}, S: {}, C: {composition: {Cd: 1, S: 1}, species: MSC-311}}
reactions:
  R1: {equation: "Cd(OA)2 + S -> C", k: 0.5}
"""


def act(session, do, /, **given):
    action, given = checked(ACTIONS, do, given)
    return action(session, **given)


def shown(session, of="flask"):
    frames = [unpacked(frame) for frame in session.take_frames()]
    return next(arrays for header, arrays in frames if header["of"] == of)["absorbance"]


def moved(session):
    act(session, "flask.set", set={"isomerisation.k": 0.021, "step 3: duration": 33.3})
    session.take_frames()
    act(session, "flask.set", set={"step 6: flask": 20.0})
    return shown(session)
