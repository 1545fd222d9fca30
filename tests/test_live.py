"""An experiment that is dragged at: the same numbers as those of one run, and a picture soon."""

from dataclasses import replace

import numpy as np
import pytest

import prenuc as pn
from prenuc.errors import InputError, ProtocolError
from prenuc.facts.catalogue import entries
from prenuc.observe.live.experiment import Live
from prenuc.observe.live.precision import EXACT, QUICK, SPECTRA
from prenuc.present.files.named import mechanism_of

SLOW = "cds-3b-msa-at-30-min"


def live_of(recipe):
    protocol = pn.Protocol.from_recipe(pn.recipe(recipe))
    return Live(mechanism_of(None, recipe, protocol), protocol)


def shown(live, precision=EXACT):
    return live.spectra(live.run(precision), precision).absorbance


def alone(live):
    return pn.uv_vis(pn.simulate(live.mechanism_now, live.protocol_now)).absorbance


@pytest.mark.parametrize("recipe", entries("recipes"))
def test_what_is_shown_is_to_the_last_bit_what_one_run_gives(recipe):
    live = live_of(recipe)
    assert np.array_equal(shown(live), alone(live))
    duration = next(one for one in live.protocol.handles if one.what == "duration")
    live.move({duration.name: duration.quantity.number * 1.1})
    assert np.array_equal(shown(live), alone(live))


def test_every_handle_and_many_constants_are_followed_exactly():
    live = live_of(SLOW)
    rng = np.random.default_rng(1)
    handles = rng.choice([one.name for one in live.protocol.handles], 8, replace=False)
    constants = rng.choice([*live.mechanism.constants], 4, replace=False)
    usual = {one.name: one.quantity.number for one in live.protocol.handles}
    usual |= {name: one.quantity.number for name, one in live.mechanism.constants.items()}
    for name in rng.permutation([*handles, *constants]):
        live.move({str(name): usual[name] * (1.02 if usual[name] else 1.0) + 1e-12})
        assert np.array_equal(shown(live), alone(live)), name


def test_without_a_course_spectra_are_the_same_to_the_last_bit():
    live = live_of(SLOW)
    for move in ({"isomerisation.k": 0.02}, {"step 3: duration": 12.0}, {"uptake.k": 0.3}):
        live.move(move)
        for precision in (SPECTRA.unwatched, SPECTRA.unwatched):  # the second takes all over
            assert np.array_equal(shown(live, precision), alone(live)), move


def test_what_ligands_do_at_once_is_waited_for_where_it_has_a_spectrum():
    usual = live_of(SLOW)
    components = dict(usual.mechanism.components)
    for name in usual.mechanism.without_mass:
        components[name] = replace(components[name], species="MSC-311")
    live = Live(replace(usual.mechanism, components=components), usual.protocol)
    assert not np.array_equal(shown(live), shown(usual))
    assert np.array_equal(shown(live, SPECTRA.unwatched), alone(live))


def test_only_what_comes_after_a_change_is_run_again():
    live = live_of(SLOW)
    before = live.run()
    last = [one.name for one in live.protocol.handles if one.what == "duration"][-1]
    live.move({last: 14.0})
    after = live.run()
    pairs = zip(before.protocol.plan, after.protocol.plan, strict=True)
    first = next(place for place, (one, other) in enumerate(pairs) if one != other)
    kept = [a is b for a, b in zip(before.stops.benches, after.stops.benches, strict=True)]
    assert kept == [True] * first + [False] * (len(kept) - first)
    assert first > 0.8 * len(kept)


def test_a_flask_that_is_measured_before_and_after_an_injection_at_once():
    text = """charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC
    heat flask to 180 degC over 10 min
    measure flask
    inject 1.75 mmol HMSA into flask
    measure flask
    hold flask for 5 min
    measure flask at 15 min, 20 min"""
    protocol = pn.Protocol.from_text(text)
    live = Live(pn.mechanism_for("two-pathway/CdS", protocol), protocol)
    assert shown(live).shape == (4, 416)
    assert np.array_equal(shown(live), alone(live))


def test_a_protocol_in_which_no_time_passes_has_spectra_and_no_course():
    text = "charge flask with 1 mmol Cd(OA)2, 1 mmol S and 9 g ODE at 25 degC\nmeasure flask"
    protocol = pn.Protocol.from_text(text)
    live = Live(pn.mechanism_for("two-pathway/CdS", protocol), protocol)
    run = live.run()
    assert live.spectra(run).absorbance.shape == (1, 416)
    assert live.course(run).time.size == 0


def test_the_course_is_the_one_of_a_watched_flask():
    live = live_of(SLOW)
    course = live.course(live.run())
    there = pn.course(pn.simulate(live.mechanism, live.protocol.with_watch()))
    assert np.array_equal(course.time, there.time)
    assert np.array_equal(course.distribution, there.distribution)
    assert np.array_equal(course.temperature, there.temperature)


def moves(live, count, seed):
    """Return how fifty hands might drag: constants within their priors, durations, doses."""
    from prenuc.infer.calibration.priors import within_prior

    rng = np.random.default_rng(seed)
    ranges = {
        name: found
        for name, one in live.mechanism.constants.items()
        if (found := within_prior(name, one)) and found[0] > 0
    }
    handles = {one.name: one for one in live.protocol.handles if one.what in {"duration", "HMSA"}}
    for _ in range(count):
        if rng.random() < 0.7:
            name = str(rng.choice([*ranges]))
            low, high = ranges[name]
            yield {name: float(low * (high / low) ** rng.random())}
        else:
            name = str(rng.choice([*handles]))
            yield {name: handles[name].quantity.number * float(rng.uniform(0.2, 3.0))}


def test_a_picture_that_comes_soon_has_every_curve_and_is_nearly_the_exact_one():
    worst = 0.0
    for move in moves(live_of(SLOW), 50, seed=3):
        live = live_of(SLOW)
        live.move(move)
        soon, exact = shown(live, QUICK), shown(live)
        assert len(soon) == len(exact)
        assert soon.shape[1] >= 200
        assert QUICK.wavelengths.tolist() == EXACT.wavelengths[:: QUICK.stride].tolist()
        off = np.abs(soon - exact[:, :: QUICK.stride]).max() / np.abs(exact).max()
        worst = max(worst, off)
        assert np.array_equal(shown(live, SPECTRA), exact)
        assert np.array_equal(shown(live, SPECTRA.unwatched), exact)
    assert worst <= 0.02


def test_what_is_impossible_moves_nothing():
    live = live_of(SLOW)
    before = shown(live)
    given = {"step 3: duration": -1.0, "isomersation.k": 1.0, "isomerisation.k": 0.5}
    with pytest.raises(InputError) as refused:
        live.move(given)
    assert len(refused.value.problems) == 1
    assert "isomerisation.k" in refused.value.problems[0].nearest
    with pytest.raises(ProtocolError):
        live.move({"step 3: duration": -1.0})
    assert not live.change
    assert not live.moved
    assert np.array_equal(shown(live), before)


def test_what_was_moved_goes_back():
    live = live_of(SLOW)
    before, there = shown(live), live.handles_now
    there["isomerisation.k"] = live.mechanism.constants["isomerisation.k"].quantity.number
    live.move({"isomerisation.k": 0.5, "step 3: duration": 12.0, "step 6: HMSA": 0.0})
    assert live.left_out == {6}
    assert live.handles_now["step 6: HMSA"] == 0.0
    assert live.handles_now["step 3: duration"] == 12.0
    assert not np.array_equal(shown(live), before)
    live.move({"step 6: HMSA": there["step 6: HMSA"]})
    assert live.left_out == set()
    live.move({name: there[name] for name in ("isomerisation.k", "step 3: duration")})
    assert np.array_equal(shown(live), before)


def test_the_duration_of_a_ramp_at_a_rate_follows_its_temperature():
    live = live_of(SLOW)
    assert live.handles_now["step 2: duration"] == pytest.approx(10.0)
    live.move({"step 2: temperature": 240.0})
    assert live.handles_now["step 2: duration"] == pytest.approx(15.0)


def test_handles_are_every_number_of_every_step_and_move_it():
    protocol = pn.Protocol.from_recipe(pn.recipe("cds-3a-msa-at-15-min"))
    names = [one.name for one in protocol.handles]
    assert names[:8] == [
        "step 1: temperature",
        "step 1: Cd(OA)2",
        "step 1: S",
        "step 1: ODE",
        "step 1: HOA",
        "step 2: temperature",
        "step 2: duration",
        "step 3: duration",
    ]
    moved = protocol.with_handles({"step 3: duration": "30 min", "step 4: flask": "50 uL"})
    by_hand = protocol.with_duration({3: "30 min"}).with_amount({4: {"flask": "50 uL"}})
    assert moved.steps == by_hand.steps
    with pytest.raises(ProtocolError, match="step 3: duration"):
        protocol.with_handles({"step 3: duratoin": "1 min"})


def test_spans_are_of_one_clock_for_all_vessels():
    protocol = pn.Protocol.from_recipe(pn.recipe("cds-3a-msa-at-15-min"))
    spans = protocol.spans
    assert [round(one.end / 60, 9) for one in spans[:4]] == [0.0, 10.0, 25.0, 25.0]
    assert (spans[3].vessel, spans[3].sources) == ("trace-1", ("flask",))
    assert spans[1].temperature == pytest.approx((333.15, 453.15))
