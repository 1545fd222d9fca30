import json
import math
import sqlite3
from dataclasses import replace

import pytest
from click.testing import CliRunner

from prenuc.facts.catalogue import entries, get
from prenuc.infer.calibration.varied import Reach, value_of
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.studies.kept_verdicts import Case, Study, group_of
from prenuc.infer.studies.robustness import Offset, cases, drawn, heated, study
from prenuc.infer.studies.single_changes import changes, numbers
from prenuc.infer.studies.steady_flux import Ladder
from prenuc.mechanism.shipped import known_set
from prenuc.mechanism.two_pathway import two_pathway
from prenuc.present.cli import calibration
from prenuc.present.tables.robustness import robustness_page
from prenuc.protocol.protocol import Protocol
from prenuc.simulation.choice import for_recipe
from toy import SET, number, share, toy, toy_set

CDS = "two-pathway/CdS"
LOOSE = share("B", "196 min", 0.1, None)
TIGHT = share("S", "4 min", None, 0.66)  # 0.65 with the toy's own numbers


@pytest.fixture
def toy_study():
    with toy_set():
        yield study([LOOSE, TIGHT], choose=toy, draws=3)


@pytest.fixture(scope="module")
def of_cds():
    """Every change of a quantity of CdS by its name, and the numbers before."""
    names = [(CDS, name) for name in known_set(CDS).values]
    return {one.id: one for one in changes(names, {CDS: 453.15})}, numbers(names)


def test_what_is_varied_and_by_how_much():
    names = [(SET, n) for n in ("second.k", "second.Ea", "unseen.order")]
    with toy_set():
        found, usual = {one.id: one for one in changes(names, {})}, numbers(names)
        assert list(found) == [f"{SET}: second.Ea", f"{SET}: second.k"]
        assert found[f"{SET}: second.k"].to(1.0, usual)[SET, "second.k"] == pytest.approx(0.022)
        assert found[f"{SET}: second.Ea"].to(-1.0, usual)[SET, "second.Ea"] == pytest.approx(38.0)


@pytest.mark.parametrize(
    ("what", "constant", "power"),
    [
        ("MSC-311.K", "MSC-311.K", 1),
        ("Mo/Fr.K", "Mo/Fr.K", 1),
        ("assembly.K^(1/8)", "assembly.K", 1 / 8),
        ("as-PC-311.K^(1/19)", "as-PC-311.K", 1 / 19),
        ("MSC-311 under MSA-ate.K^16", "MSC-311 under MSA-ate.K", 16),
    ],
)
def test_a_constant_in_a_power_moves_as_what_it_does(of_cds, what, constant, power):
    found, usual = of_cds
    new = found[f"{CDS}: {what}"].to(1.0, usual)[CDS, constant]
    assert (new / usual[CDS, constant]) ** power == pytest.approx(1.1)


def test_a_constant_moves_where_the_flask_is_and_stays_where_it_is_quoted(of_cds):
    found, usual = of_cds
    change = found[f"{CDS}: MSC-311.K at 180 degC alone"].to(1.0, usual)
    assert set(change) == {(CDS, "MSC-311.H")}
    hotter = usual[CDS, "MSC-311.H"] - change[CDS, "MSC-311.H"]  # kJ/mol
    ratio = math.exp(hotter * 1e3 / 8.314462618 * (1 / 453.15 - 1 / 298.15))
    assert ratio == pytest.approx(1.1)
    assert f"{CDS}: assembly.K^(1/8) at 180 degC alone" not in found  # quoted there


def test_a_surface_energy_moves_at_a_flux_that_stays(of_cds):
    found, usual = of_cds
    ladder = Ladder(
        usual[CDS, "dots.surface energy"], usual[CDS, "dots.solubility"], 453.15, 5e-29, 23
    )
    ladder = replace(ladder, unit=get("materials", "CdS").values["unit_volume"].si)
    monomer = 30 * ladder.solubility
    for by in (-1.0, 1.0):
        change = found[f"{CDS}: dots.surface energy at a steady flux"].to(by, usual)
        energy, solubility = change[CDS, "dots.surface energy"], change[CDS, "dots.solubility"]
        assert energy == pytest.approx(ladder.energy * (1 + 0.1 * by))
        other = replace(ladder, energy=energy, solubility=solubility)
        assert other.log_flux(monomer) == pytest.approx(ladder.log_flux(monomer), abs=1e-9)
        assert abs(solubility / ladder.solubility - 1.0) > 0.2  # what it takes
    (solubility,) = found[f"{CDS}: nucleation flux"].to(1.0, usual).values()
    more = replace(ladder, solubility=solubility).log_flux(monomer) - ladder.log_flux(monomer)
    assert math.exp(more) == pytest.approx(1.1)


def test_a_steady_flux_is_that_of_pieces_that_gain_and_lose_units():
    ladder = Ladder(0.1, 0.01, 450.0, 5e-29, 8)
    monomer, curved = 0.2, 0.0
    sizes = range(1, ladder.bare + 1)
    from prenuc.mechanism.population import capillarity

    curved = capillarity(ladder.energy, ladder.unit) / ladder.temperature
    gain = [n ** (2 / 3) * monomer for n in sizes]
    kept = [0.01 * math.exp(curved * ((n + 1) ** (2 / 3) - n ** (2 / 3))) for n in sizes]
    lose = [n ** (2 / 3) * one for n, one in zip(sizes, kept, strict=True)]  # of n + 1, to n
    f = [0.0] * ladder.bare + [0.0]  # none beyond the largest
    for n in reversed(sizes):  # J = 1: f_n = (1 + loss of n + 1) / gain
        f[n - 1] = (1.0 + lose[n - 1] * f[n]) / gain[n - 1]
    assert ladder.log_flux(monomer) == pytest.approx(math.log(monomer / f[0]))


def test_every_number_of_every_set_that_is_no_structure_is_varied():
    """What moves is counted from the sets, not from the list of changes."""
    for which in ("CdS", "CdTe", "CdTe-ODE", "CdSe", "CdSe-ODE", "ZnSe", "InP"):
        of = f"two-pathway/{which}"
        names = [(of, name) for name in two_pathway(which).constants]
        usual = numbers(names)
        moved = {n for one in changes(names, {}) for n in one.to(1.0, usual)}
        words = (".k", ".K", ".Ea", ".H", ".h", ".half", ".solubility", ".surface energy")
        wanted = {n for n in names if n[1].endswith(words) and usual[n]}
        wanted -= {n for n in names if value_of(n).status == "measured"}
        assert wanted <= moved, of
        assert {(of, "dots.bare"), (of, "dots.capped")} <= moved


def test_fitted_whole_numbers_move_by_one_and_sites_of_dots_by_a_tenth(of_cds):
    found, usual = of_cds
    assert found[f"{CDS}: dots.bare and dots.capped"].to(-1.0, usual) == {
        (CDS, "dots.bare"): 21,
        (CDS, "dots.capped"): 22,
    }
    sites = found[f"{CDS}: dots under TOPO.sites"].to(1.0, usual)
    assert sites[CDS, "dots under TOPO.sites"] == pytest.approx(
        1.1 * usual[CDS, "dots under TOPO.sites"]
    )
    assert f"{CDS}: MSC-311 under MSA-ate.sites" not in found
    te = "two-pathway/CdTe"
    (stages,) = changes([(te, "stage.count")], {})
    before = numbers([(te, "stage.count")])
    assert stages.to(1.0, before)[te, "stage.count"] - before[te, "stage.count"] == 1
    assert stages.to(-1.0, {(te, "stage.count"): 4.0})[te, "stage.count"] == 3


def test_most_recipes_of_cds_are_heated_to_180_degrees():
    checks = [
        get("checks", name) for name in ("2b-plateau", "3a-absorbance", "1e-more-dots-after-the-pc")
    ]
    found = heated(Reach.of(checks, Experiments(for_recipe)))
    assert found[CDS] == pytest.approx(453.15)


def test_a_verdict_on_the_edge_is_named(toy_study):
    lost = toy_study.lost("one at a time")
    assert lost[LOOSE.id] == []
    assert set(lost[TIGHT.id]) == {f"{SET}: first.k lower", f"{SET}: twin.k lower"}
    assert toy_study.share_that_stays("one at a time") == 0.5
    assert 0.5 < toy_study.share_of_pairs("one at a time") < 1.0
    assert TIGHT.id in robustness_page(toy_study)


def test_a_constant_that_cannot_act_is_not_tried(toy_study):
    tried = {case.id for case, _ in toy_study.answers}
    assert not any("half" in name for name in tried)


def test_draws_and_ledger_give_the_same_again(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with toy_set():
        first = study([TIGHT], choose=toy, draws=2, ledger=path)
        with sqlite3.connect(path) as lost:
            (count,) = lost.execute("SELECT count(*) FROM answers").fetchone()
            lost.execute("DELETE FROM answers WHERE rowid > 3")
        lost.close()
        seen = []
        again = study([TIGHT], choose=toy, draws=2, ledger=path, progress=seen.append)
    assert len(seen) == count - 3
    assert again.as_dict() == first.as_dict()


def test_a_ledger_of_other_constants_is_not_believed(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with toy_set():
        study([TIGHT], choose=toy, draws=0, ledger=path)
        shelf = entries("parameters")
        faster = {**shelf[SET].values, "first.k": number(0.03, "1/min", "seen")}
        shelf[SET] = replace(shelf[SET], values=faster)
        again = study([TIGHT], choose=toy, draws=0, ledger=path)
        anew = study([TIGHT], choose=toy, draws=0)
    assert again.as_dict() == anew.as_dict()
    assert [numbers for _, numbers in again.answers] == [numbers for _, numbers in anew.answers]


def test_groups_are_those_of_the_split_and_the_classes():
    assert group_of(get("checks", "3b-msc-declines")).endswith(", held out")
    assert group_of(get("checks", "2b-rate-constant")) == "informative, calibrated"
    assert group_of(TIGHT) == "other, calibrated"


def test_all_quantities_are_drawn_within_their_limits(of_cds):
    with toy_set():
        found = [c for c in cases([LOOSE], toy, draws=5) if c.test == "all at once"]
    assert len({tuple(c.change.values()) for c in found}) == 5
    for case in found:
        assert 0.018 <= case.change[SET, "second.k"] <= 0.022
        assert 38.0 <= case.change[SET, "second.Ea"] <= 42.0
    singles, usual = of_cds
    for draw in range(5):
        of = drawn([*singles.values()], usual, draw)
        preferred = of[CDS, "MSC-311 under MSA-ate.K"] / usual[CDS, "MSC-311 under MSA-ate.K"]
        assert 0.9 <= preferred**16 <= 1.1
        assert abs(of[CDS, "MSC-311.H"] - usual[CDS, "MSC-311.H"]) <= 2.0
        assert of[CDS, "dots.capped"] - of[CDS, "dots.bare"] == 1


def test_a_bath_that_is_off_leaves_the_room_alone():
    protocol = Protocol.from_recipe(get("recipes", "cds-msc-311-in-toluene"))
    text = str(Offset(3.0)(protocol))
    assert "heat flask to 183 degC" in text
    assert "at 63 degC" in text
    assert "at 25 degC" in text
    assert "12 degC/min" in text
    assert str(Offset(-3.0)(Offset(3.0)(protocol))).replace("180.0", "180") == str(protocol)


def test_unreported_temperatures_and_zeros_stay():
    check = get("checks", "3a-absorbance")
    found = cases([check], draws=0)
    assumed = {c.id for c in found if c.test == "unreported"}
    assert "path length doubled" in assumed
    assert {"heating rate halved", "heating rate doubled"} == {
        c.id for c in found if c.test == "heating"
    }
    assert [c.offset for c in found if c.test == "bath"] == [-1.0, 1.0, -2.0, 2.0, -3.0, 3.0]
    paler = next(c for c in found if c.id == "every absorbance lower")
    assert paler.assume[check.recipe] == {"path length": "0.9 cm"}
    assert not any("temperature" in name or "acid" in name for name in assumed)


def test_the_command_writes_its_numbers_and_its_page(tmp_path, monkeypatch):
    case = Case("toy: k lower", "one at a time", (LOOSE.id,))
    small = Study((LOOSE,), {LOOSE.id: 0.5}, ((case, {LOOSE.id: 0.01}),))
    monkeypatch.setattr("prenuc.infer.studies.robustness.study", lambda **_: small)
    out, page = tmp_path / "r.json", tmp_path / "r.md"
    result = CliRunner().invoke(
        calibration.robustness, ["--out", str(out), "--page", str(page), "--json"]
    )
    assert result.exit_code == 1
    assert json.loads(result.stdout) == json.loads(out.read_text(encoding="utf-8"))
    assert "toy: k ↓" in page.read_text(encoding="utf-8")


def test_the_page_counts_what_a_case_loses_and_names_it():
    checks = tuple(get("checks", name) for name in ("2b-rate-constant", "3b-msc-gone"))
    inside = {c.id: (c.low or c.high).quantity.number for c in checks}
    outside = dict.fromkeys(inside, math.nan)
    tuned, predicted = ({c.id: outside[c.id]} for c in checks)
    answers = (
        (Case(f"{CDS}: isomerisation.k lower", "one at a time", (checks[0].id,)), tuned),
        (Case(f"{CDS}: isomerisation.k higher", "one at a time", (checks[0].id,)), tuned),
        (Case("bath -1 K", "bath", (checks[1].id,), offset=-1.0), inside),
        (Case("bath +2 K", "bath", (checks[1].id,), offset=2.0), predicted),
        (Case("draw 1", "all at once", tuple(inside)), {**inside, **tuned}),
    )
    page = robustness_page(Study(checks, inside, answers))
    first = " ".join(page[: page.index("| variation")].split())
    assert "Of 2 informative rows 2 pass" in first
    assert "1 of the 2 are lost by at least one change" in first
    assert "(2 of 2 changes lose some), 0 where a number in a steep law moves" in first
    assert "0 by baths up to 1 K off, 1 by baths up to 2 K off, 1 by baths up to 3 K off" in first
    assert "0 of 1 draws keep every one of them" in first
    assert "1 of 1 pass; 0 of these are lost by a change of one quantity, 1 by a bath" in first
    assert f"| `2b-rate-constant` | calibrated | {CDS}: isomerisation.k ↓↑ |" in page
    assert "| bath +2 K | `3b-msc-gone` | none |" in page
