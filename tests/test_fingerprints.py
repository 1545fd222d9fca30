"""Every mechanism of the package is what is recorded: what it counts, its constants, its rates.

How to record them anew stands in ``fingerprint_bench.py``; frozen ones are what they were for ever.
"""

from __future__ import annotations

import json

import pytest

from fingerprint_bench import FILE, FROZEN, fingerprint, frozen, mechanisms

TODAY = json.loads(FILE.read_text(encoding="utf-8"))
FIRST = json.loads(FROZEN.read_text(encoding="utf-8"))
KNOWN = TODAY | FIRST


@pytest.fixture(scope="module")
def found():
    return mechanisms() | frozen()


def test_every_mechanism_is_recorded():
    assert list(mechanisms()) == list(TODAY)
    assert list(frozen()) == list(FIRST)


@pytest.mark.parametrize("name", KNOWN)
def test_a_mechanism_is_what_is_recorded(name, found):
    one, known = fingerprint(found[name]), KNOWN[name]
    assert list(one["components"]) == list(known["components"])
    for part, (composition, *words) in known["components"].items():
        assert one["components"][part][0] == pytest.approx(composition, rel=1e-12)
        assert one["components"][part][1:] == words, part
    assert one["constants"] == known["constants"]
    assert one["reactions"] == known["reactions"]
    assert (one["sizes"] is None) == (known["sizes"] is None)
    for size, recorded in zip(one["sizes"] or [], known["sizes"] or [], strict=True):
        assert size == pytest.approx(recorded, rel=1e-12)
    for kelvin, change in known["changes"].items():
        scale = 1e-12 * max(map(abs, change.values()))
        assert one["changes"][kelvin] == pytest.approx(change, rel=1e-9, abs=scale)
