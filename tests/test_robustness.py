import json
import sqlite3

import pytest
from click.testing import CliRunner

from prenuc.facts.catalogue import get
from prenuc.infer.studies.robustness import (
    Case,
    Offset,
    Study,
    cases,
    moved,
    study,
    varied_constants,
)
from prenuc.present.cli import calibration
from prenuc.present.tables.studies import robustness_page
from prenuc.protocol.protocol import Protocol
from toy import SET, share, toy, toy_set

LOOSE = share("B", "196 min", 0.1, None)
TIGHT = share("S", "4 min", None, 0.66)  # 0.65 with the toy's own numbers


@pytest.fixture
def toy_study():
    with toy_set():
        yield study([LOOSE, TIGHT], choose=toy, draws=3)


def test_what_is_varied_and_by_how_much():
    with toy_set():
        names = varied_constants((SET, n) for n in ("second.k", "second.Ea", "unseen.order"))
        assert names == [(SET, "second.Ea"), (SET, "second.k")]
        assert moved((SET, "second.k"), 1.0) == pytest.approx(0.022)
        assert moved((SET, "second.Ea"), -1.0) == pytest.approx(38.0)


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


def test_all_constants_are_drawn_within_their_limits():
    with toy_set():
        found = [c for c in cases([LOOSE], toy, draws=5) if c.test == "all at once"]
    assert len({tuple(c.change.values()) for c in found}) == 5
    for case in found:
        assert 0.018 <= case.change[SET, "second.k"] <= 0.022
        assert 38.0 <= case.change[SET, "second.Ea"] <= 42.0


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
    assumed = {c.id for c in cases([check], draws=0) if c.test == "unreported"}
    assert {"heating rate halved", "path length doubled"} <= assumed
    assert not any("temperature" in name or "acid" in name for name in assumed)


def test_the_command_writes_its_numbers_and_its_page(tmp_path, monkeypatch):
    case = Case("toy lower", "one at a time", (LOOSE.id,))
    small = Study((LOOSE,), {LOOSE.id: 0.5}, ((case, {LOOSE.id: 0.01}),))
    monkeypatch.setattr("prenuc.infer.studies.robustness.study", lambda **_: small)
    out, page = tmp_path / "r.json", tmp_path / "r.md"
    result = CliRunner().invoke(
        calibration.robustness, ["--out", str(out), "--page", str(page), "--json"]
    )
    assert result.exit_code == 1
    assert json.loads(result.stdout) == json.loads(out.read_text(encoding="utf-8"))
    assert "toy lower" in page.read_text(encoding="utf-8")
