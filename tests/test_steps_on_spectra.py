"""Which steps spectra need, where the truth is a closed form: A turns into B in first order."""

from __future__ import annotations

import numpy as np
import pytest

import prenuc as pn
from prenuc.infer.experiments.measured import read_flasks
from prenuc.infer.selection.calibrated_spectra import calibrate_on_spectra

UNITS = "units: {time: min, concentration: mmol/L, energy: kJ/mol}\n"
TURNS = '  - {equation: "pyridine -> B", k: {at: 45 degC, value: 0.02, Ea: 80}}\n'
FURTHER = f"""{UNITS}species: {{pyridine: {{}}, B: {{}}, C: {{}}}}
reactions:
{TURNS}  - {{equation: "B -> C", k: {{at: 45 degC, value: 0.006, Ea: 80}}}}
"""
THREE_WAYS = f"""{UNITS}species: {{pyridine: {{}}, B: {{}}}}
reactions:
{TURNS}  - {{equation: "2 pyridine -> 2 B", k: {{at: 45 degC, value: 0.02, Ea: 80}}}}
  - {{equation: "pyridine + B -> 2 B", k: {{at: 45 degC, value: 0.05, Ea: 80}}}}
"""
BATCH = """protocol:
  - charge flask with 0.05 mmol pyridine and 100 mL toluene at 45 degC
  - measure flask at 1 min
"""
NM = np.arange(300.0, 601.0, 5.0)
RATE, ENERGY, GAS = 0.03, 70.0, 8.314e-3  # per minute at 45 °C, kJ/mol, kJ/mol/K
LAST = {30: 300.0, 45: 100.0, 60: 40.0}  # min, by °C
NOISE, OFFSET = 2e-3, 1e-3


def band(center: float, width: float, height: float) -> np.ndarray:
    return height * np.exp(-0.5 * ((NM - center) / width) ** 2)


SHAPES = np.array([band(340.0, 15.0, 1.2), band(400.0, 20.0, 0.9)])  # per mmol/L


def calibrated(folder, mechanism, seed, amounts=(0.05,), spectra=25):
    generator, lines = np.random.default_rng(seed), [f"absorbing: [{mechanism[0]}]", "flasks:"]
    folder.mkdir()
    (folder / "batch.yaml").write_text(BATCH)
    (folder / "mine.yaml").write_text(mechanism[1])
    for celsius, last in LAST.items():
        for amount in amounts:
            kelvin = 1.0 / (celsius + 273.15) - 1.0 / 318.15
            time = np.linspace(0.0, 1.0, spectra) ** 1.5 * last
            left = np.exp(-RATE * np.exp(-ENERGY / GAS * kelvin) * time)
            seen = 10.0 * amount * np.stack((left, 1.0 - left), axis=1) @ SHAPES
            seen = seen + generator.normal(0.0, NOISE, seen.shape)
            seen = seen + generator.normal(0.0, OFFSET, (len(time), 1))
            name = f"{celsius}-{amount}.csv"
            pn.convert(pn.SpectrumSeries(NM, time, seen), "csv", folder / name)
            change = f"charge flask = {celsius} degC; charge flask: pyridine = {amount} mmol"
            lines.append(f"  - {{spectra: {name}, protocol: batch.yaml, change: '{change}'}}")
    (folder / "flasks.yaml").write_text("\n".join(lines) + "\n")
    return calibrate_on_spectra(pn.read_mechanism(folder / "mine.yaml"), read_flasks(folder))


@pytest.mark.parametrize("seed", [1006, 1008, 1018, 1020])
def test_what_may_have_any_spectrum_describes_noise_and_is_not_needed_for_that(tmp_path, seed):
    """C absorbs as one likes, so that it takes away some noise in three numbers."""
    found = calibrated(tmp_path / "flasks", ("pyridine, B, C", FURTHER), seed)
    assert found.named("required") == ("R1",)
    assert found.named("helpful") == ()
    further = {one.name: one for one in found.estimates}["R2.k"]
    assert further.ci95 is None
    assert not further.as_dict()["identifiable"]


def test_two_steps_that_imitate_a_third_are_not_required(tmp_path):
    """k₂a² + k₃ab is k₃a(a + b) where k₃ = k₂: first order, if all flasks hold as much."""
    found = calibrated(tmp_path / "flasks", ("pyridine, B", THREE_WAYS), 1000, spectra=9)
    assert found.describes
    assert found.named("required") == found.named("helpful") == ()


def test_another_dose_tells_them_from_it(tmp_path):
    found = calibrated(tmp_path / "flasks", ("pyridine, B", THREE_WAYS), 1000, (0.02, 0.2), 9)
    assert {"R2", "R3"}.isdisjoint({*found.named("required"), *found.named("helpful")})


HIDDEN = THREE_WAYS.replace('2 B", k: {at: 45 degC, value: 0.0', '2 B", k: {at: 45 degC, value: ')


def test_two_steps_that_do_not_happen_are_found_together(tmp_path):
    """Neither constant can become as small as nothing, and without one the other still hurts."""
    found = calibrated(tmp_path / "flasks", ("pyridine, B", HIDDEN), 1000, (0.02, 0.2), 9)
    assert not found.describes
    assert found.verdict.endswith("Without R2 and R3 it does.")
    assert found.as_dict()["described_without"] == ["R2", "R3"]
