"""Long work: progress, an end when it is asked for, a result that a reload does not lose."""

import os
import time

import pytest

import working
from prenuc.errors import InputError
from prenuc.present.app import jobs as module
from prenuc.present.app.jobs import Jobs
from serving import PATIENCE


@pytest.fixture
def jobs():
    found = Jobs()
    found.heard = []
    found.tell = found.heard.append
    yield found
    found.close()


def ended(jobs, name):
    """Wait until a job has ended and was told so."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        last = [one for one in jobs.heard if one["id"] == name][-1:]
        if last and last[0]["state"] not in module.PENDING:
            return last[0]
        time.sleep(0.02)
    raise AssertionError("it goes on")


def test_a_job_tells_how_far_it_is_and_what_it_found(jobs):
    name = jobs.start("twice", working.doubles, number=21)["job"]
    found = ended(jobs, name)
    assert (found["state"], found["answer"]) == ("done", {"twice": 42})
    told = [(one["fraction"], one["message"]) for one in jobs.heard if one["state"] == "running"]
    assert told[-4:] == [(0.0, "step 0"), (0.25, "step 1"), (0.5, "step 2"), (0.75, "step 3")]
    assert jobs.heard[-2]["left_s"] > 0
    assert jobs.told() == [found]


def test_a_cancelled_job_ends_with_what_it_started(jobs, tmp_path):
    note = tmp_path / "note"
    name = jobs.start("waits", working.waits, note=str(note))["job"]
    while not any(one["fraction"] == 0.5 for one in jobs.heard):
        time.sleep(0.02)
    jobs.cancel(name)
    found = ended(jobs, name)
    assert found["state"] == "cancelled"
    assert "answer" not in found
    for process in map(int, note.read_text().split()):
        assert gone(process)


def gone(process):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
            with open(f"/proc/{process}/stat") as stat:  # noqa: PTH123  a zombie has ended
                if stat.read().split()[2] == "Z":
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (working.is_refused, "no data"),
        (working.fails, "fault"),
        (working.dies, "without an answer"),
    ],
)
def test_a_job_that_goes_wrong_says_so(jobs, work, said):
    found = ended(jobs, jobs.start("wrong", work)["job"])
    assert found["state"] == "failed"
    assert said in found["error"]["message"]
    if work is working.is_refused:
        assert found["error"]["nearest"] == ["dots"]


def states(jobs):
    return [one["state"] for one in jobs.told()]


@pytest.fixture
def full(jobs, tmp_path):
    """Jobs that fill every place, by name."""
    return [
        jobs.start("waits", working.waits, note=str(tmp_path / str(number)))["job"]
        for number in range(module.MOST_RUNNING)
    ]


def test_what_finds_no_place_waits_for_one(jobs, full):
    names = [jobs.start("twice", working.doubles, number=number)["job"] for number in (1, 2)]
    assert states(jobs) == ["running"] * len(full) + ["waiting"] * 2
    assert [one["left_s"] for one in jobs.heard if one["id"] in names] == [None, None]
    jobs.cancel(names[0])
    assert ended(jobs, names[0])["state"] == "cancelled"
    jobs.cancel(full[0])
    assert ended(jobs, names[1])["answer"] == {"twice": 4}
    assert states(jobs) == ["cancelled", *["running"] * (len(full) - 1), "cancelled", "done"]


def test_a_queue_that_nobody_could_wait_for_is_refused(jobs, full, monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING", 1)
    jobs.start("twice", working.doubles, number=1)
    with pytest.raises(InputError, match="1 jobs are waiting"):
        jobs.start("one more", working.doubles, number=2)
    jobs.close()
    assert "done" not in [ended(jobs, name)["state"] for name in full]


def test_old_results_are_forgotten(jobs, monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    names = []
    for number in range(3):
        names.append(jobs.start("twice", working.doubles, number=number)["job"])
        ended(jobs, names[-1])
    assert [one["id"] for one in jobs.told()] == names[1:]
    with pytest.raises(InputError, match="no longer there"):
        jobs.cancel(names[0])


def test_what_has_ended_stays_as_it_ended(jobs):
    name = jobs.start("twice", working.doubles, number=1)["job"]
    ended(jobs, name)
    jobs.cancel(name)
    assert jobs.told()[0]["state"] == "done"


def test_nothing_is_left_when_the_application_ends(jobs, tmp_path):
    note = tmp_path / "note"
    jobs.start("waits", working.waits, note=str(note))
    while not any(one["fraction"] == 0.5 for one in jobs.heard):
        time.sleep(0.02)
    jobs.close()
    assert all(gone(int(process)) for process in note.read_text().split())
