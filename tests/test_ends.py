"""Disks, folders, other programs, pipes and consoles that do not do what one asks of them.

Windows is tried on Linux by the errors that it raises: names of devices, paths over 260 letters,
files that another program holds open.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from commands import clusters, run, write
from prenuc.errors import InputError
from prenuc.writing import whole, write_text

MAIN = "from prenuc.present.cli import main; main()"
FAULTS = {
    "a folder that cannot be written": ("mkstemp", errno.EACCES, "permission denied"),
    "a disk that cannot be written": ("mkstemp", errno.EROFS, "read-only file system"),
    "a path over 260 letters": ("mkstemp", errno.ENAMETOOLONG, "file name too long"),
    "the name of a device": ("replace", errno.EINVAL, "invalid argument"),
    "a disk that is full at the last": ("fsync", errno.ENOSPC, "no space left on device"),
    "a disk that fails": ("fsync", errno.EIO, "input/output error"),
    "a quota": ("replace", errno.EDQUOT, "disk quota exceeded"),
}


def failing(number):
    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.fixture
def inject(monkeypatch):
    def make(call, number):
        owner = {"mkstemp": "tempfile.mkstemp", "fsync": "os.fsync"}.get(call)
        if owner is None:
            monkeypatch.setattr(Path, "replace", failing(number))
        else:
            monkeypatch.setattr(owner, failing(number))

    return make


@pytest.fixture
def prenuc(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(clusters(), tmp_path / "run.csv")
    return lambda *words: run(capsys, monkeypatch, *words)


WRITERS = {
    "csv": ("convert", "run.csv", "--to", "csv", "--out", "aux.csv"),
    "xlsx": ("convert", "run.csv", "--to", "xlsx", "--out", "aux.csv"),
    "netcdf": ("convert", "run.csv", "--to", "netcdf", "--out", "aux.csv"),
    "origin": ("convert", "run.csv", "--to", "origin", "--out", "aux.csv"),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_written_ends_in_one_line_and_the_old_file_is_whole(
    prenuc, inject, tmp_path, writer, fault
):
    call, number, said = FAULTS[fault]
    (tmp_path / "aux.csv").write_text("old", encoding="utf-8")
    with pytest.MonkeyPatch.context():
        inject(call, number)
        answer = prenuc(*WRITERS[writer])
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"prenuc: aux.csv: {said}. Choose another place.\n"
    assert (tmp_path / "aux.csv").read_text(encoding="utf-8") == "old"
    assert {p.name for p in tmp_path.iterdir()} == {"aux.csv", "run.csv"}


def test_a_file_that_is_held_open_is_kept_beside_and_the_command_says_where(prenuc, monkeypatch):
    Path("out.csv").write_text("old", encoding="utf-8")
    replace = Path.replace

    def held(path, target):
        if target.name == "out.csv":
            failing(errno.EACCES)()
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", held)
    for number in (1, 2):
        answer = prenuc("convert", "run.csv", "--to", "csv", "--out", "out.csv")
        assert answer.code == 2
        assert answer.err.count("\n") == 1
        assert f"'out ({number}).csv'" in answer.err
    assert Path("out.csv").read_text(encoding="utf-8") == "old"
    monkeypatch.undo()


def test_a_name_that_is_too_long_for_the_disk_is_refused(tmp_path):
    with pytest.raises(InputError, match="file name too long"):
        write_text(tmp_path / ("x" * 300 + ".csv"), "new")
    deep = tmp_path / "/".join(["folder" * 20] * 60)
    with pytest.raises(InputError, match="file name too long"):
        write_text(deep / "a.csv", "new")
    assert write_text(tmp_path / ("y" * 240 + ".csv"), "new").read_bytes() == b"new"


@pytest.mark.parametrize("name", ["..", ".", "deep", "deep/.."])
def test_a_folder_is_no_file_to_write(tmp_path, monkeypatch, name):
    """Refused before anything is made: nothing is ever moved onto a folder."""
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    monkeypatch.setattr(tempfile, "mkstemp", failing(errno.EIO))
    with pytest.raises(InputError, match="is a directory"):
        write_text(Path(name) if name.startswith(".") else tmp_path / name, "new")
    assert [*tmp_path.rglob("*")] == [tmp_path / "deep"]


def test_an_error_of_the_callers_own_passes_and_leaves_nothing(tmp_path):
    def fails():
        with whole(tmp_path / "a.txt"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert not [*tmp_path.iterdir()]


def console(*words, encoding="utf-8", out=subprocess.PIPE, **place):
    environment = os.environ | {"PYTHONIOENCODING": encoding, "LANG": "C", "LC_ALL": "C"}
    order = [sys.executable, "-c", MAIN, *words]
    return subprocess.run(
        order,
        check=False,
        env=environment,
        stdout=out,
        stderr=subprocess.PIPE,
        timeout=600,
        **place,
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
@pytest.mark.parametrize(
    "words", [("list", "references"), ("show", "MSC-311"), ("size", "CdSe", "550")]
)
def test_a_console_without_the_sign_prints_its_number(words, encoding):
    done = console(*words, encoding=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout
    plain = console(*words, "--json", encoding=encoding)
    assert json.loads(plain.stdout) == json.loads(console(*words, "--json").stdout)


def test_a_message_with_a_sign_that_the_console_lacks_is_still_one_line():
    done = console("show", "no-µ-Δ", encoding="ascii")
    assert done.returncode == 2
    assert done.stderr.startswith(b"prenuc: no entry 'no-")
    assert done.stderr.count(b"\n") == 1


def test_a_reader_that_goes_away_ends_without_a_traceback():
    receiver, sender = os.pipe()
    os.close(receiver)
    done = console("list", "references", "--json", out=sender)
    os.close(sender)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") <= 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_standard_output_ends_in_one_line():
    with Path("/dev/full").open("wb") as full:
        done = console("list", "references", out=full)
    assert done.returncode == 1
    assert done.stderr == b"prenuc: standard output: no space left on device\n"


def test_a_name_that_is_no_text_is_read_and_reported(tmp_path):
    name = os.fsencode(tmp_path) + b"/\xff.csv"
    Path(os.fsdecode(name)).write_bytes(write(clusters(), tmp_path / "run.csv").read_bytes())
    done = console("report", name, "--to", "page.html", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "First excitons: ?.csv" in page
