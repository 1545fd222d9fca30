"""Files that somebody means harm with are refused, and what reads them is bounded."""

import base64
import io
import json
import subprocess
import sys
import textwrap
import zipfile
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import prenuc as pn
from prenuc.errors import InputError
from prenuc.present.app import carried, child, frames, read_child, uploads
from prenuc.present.files.report import DATA

ENTITY = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHING = "".join(f"<!ENTITY a{i} '{'&a;' * 50}'>" for i in range(50))
LAUGHS = f"<!DOCTYPE a [<!ENTITY a 'haha'>{LAUGHING}]>"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://'
    'schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
SHEET = (
    '{}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{}</sheetData></worksheet>"
)
ROW = '<row r="1"><c r="{}1"><v>1</v></c></row>'


def workbook(sheet, **more):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in more.items():
            archive.writestr(name, content)
    return file.getvalue()


def members(count):
    return workbook(SHEET.format("", ""), **{f"xl/m{i}": b"" for i in range(count)})


def sheet_of(content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return file.getvalue()


def locked():
    whole = bytearray(workbook(SHEET.format("", ROW.format("A"))))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = whole.find(mark)
        while at >= 0:
            whole[at + place] |= 1  # "encrypted"
            at = whole.find(mark, at + 4)
    return bytes(whole)


def report_of(packed):
    text = base64.b64encode(packed).decode()
    told = f'<script type="{DATA}" data-sha256="{"0" * 64}">'
    return f"<html><title>x</title>{told}{text}</script></html>".encode()


JCAMP = "##TITLE=x\n##JCAMP-DX=4.24\n##DATA TYPE=UV/VIS SPECTRUM\n##XUNITS=NANOMETERS\n"
HOSTILE = {
    "empty.csv": lambda: b"",
    "bomb.html": lambda: report_of(zlib.compress(bytes(500_000_000), 9)),
    "changed.html": lambda: report_of(zlib.compress(b"12345678{}")),
    "empty.html": lambda: report_of(b""),
    "nul.csv": lambda: b"300,1\n" + b"\0" * 1000,
    "image.csv": lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
    "archive.csv": lambda: b"\x1f\x8b" + bytes(100),
    "document.csv": lambda: b"%PDF-1.7\n" + bytes(range(256)),
    "hdf.csv": lambda: b"\x89HDF\r\n\x1a\n" + bytes(100),
    "pickle.csv": lambda: b"\x80\x04cos\nsystem\n(S'true'\ntR.",
    "script.html": lambda: b"<html><script>alert(1)</script></html>",
    "code.csv": lambda: b"import os\nos.system('true')\n",
    "bomb.xlsx": lambda: workbook(SHEET.format("", " " * 200_000_000)),
    "cells.xlsx": lambda: workbook(SHEET.format("", "<row>" + "<c/>" * 5_000_000 + "</row>")),
    "entity.xlsx": lambda: workbook(SHEET.format(ENTITY, ROW.format("A"))),
    "laughs.xlsx": lambda: workbook(SHEET.format(LAUGHS, ROW.format("A"))),
    "members.xlsx": lambda: members(6000),
    "columns.xlsx": lambda: workbook(SHEET.format("", ROW.format("ZZZZZZ"))),
    "deep.xlsx": lambda: workbook(SHEET.format("", "<a>" * 200_000)),
    "cut.xlsx": lambda: workbook(SHEET.format("", ROW.format("A")))[:-100],
    "locked.xlsx": locked,
    "bomb.ods": lambda: sheet_of("<a>" + " " * 200_000_000 + "</a>"),
    "entity.ods": lambda: sheet_of(ENTITY + "<a>&x;</a>"),
    "zip.zip": lambda: sheet_of("")[:40] + b"PK\x03\x04" * 1000,
    "wide.csv": lambda: b"nm" + b",1" * 1_000_000 + b"\n300" + b",1" * 1_000_000,
    "long.csv": lambda: b"300,1\n" * 2_500_000,
    "line.csv": lambda: b"1" * 20_000_000,
    "nan.csv": lambda: b"nm,1 min,2 min\n" + b"300,nan,nan\n" * 100,
    "infinite.csv": lambda: b"nm,1 min\n" + b"".join(b"%d,1e999\n" % i for i in range(300, 400)),
    "utf16.csv": lambda: "300,1\n".encode("utf-16")[:-1],
    "deep.json": lambda: b"[" * 200_000,
    "digits.json": lambda: b'{"measurements": [' + b"9" * 3_000_000 + b"]}",
    "nan.json": lambda: b'{"recipe": "x", "measurements": [{"absorbance": [NaN, NaN]}]}',
    "points.jdx": (JCAMP + "##NPOINTS=1000000000000\n##XYDATA=(X++(Y..Y))\n").encode,
    "endless.jdx": (JCAMP + "##LINK BLOCKS=9\n" * 100_000).encode,
    "dimensions.nc": lambda: b"CDF\x01" + b"\xff" * 200,
    "office.spc": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
    "agilent.kd": lambda: b"\xff\xff\x00\x00" * 4000,
}


@pytest.fixture(scope="module")
def desk():
    found = uploads.Uploads()
    yield found
    found.close()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(desk, name):
    upload = desk.add(name, HOSTILE[name]())
    with pytest.raises(InputError) as refused:
        desk.read([upload])
    desk.forget(upload)
    assert str(refused.value)


def test_a_name_of_long_signs_fits_into_a_folder(tmp_path):
    name = uploads.safe("\U0002070e" * 300 + ".csv")
    (tmp_path / name).touch()
    assert name.endswith(".csv")


def test_there_are_thirty_of_them():
    assert len(HOSTILE) >= 30


def spectra():
    nm, time = np.linspace(300, 500, 21), np.array([1.0, 2.0, 3.0])
    rows = np.array([np.exp(-(((nm - 400) / 30) ** 2)) * t for t in time])
    rows[1, 3] = np.nan
    return pn.SpectrumSeries(nm, time, rows, beside={"dilution": np.ones(3)}, history=("made",))


def test_spectra_come_through_as_they_are(desk, tmp_path):
    path = tmp_path / "run.csv"
    pn.convert(spectra(), "csv", path)
    there = pn.read(path)
    found = desk.read([desk.add("run.csv", path.read_bytes())])
    assert found.name == "run.csv"
    for one, other in zip(carried.told(found.data), carried.told(there), strict=True):
        assert one.keys() == other.keys()
    assert found.data.history == there.history
    assert np.array_equal(found.data.absorbance, there.absorbance, equal_nan=True)


def test_a_spectrum_alone_is_read_as_one(desk):
    rows = "".join(f"{nm},{1 / nm:.6f}\n" for nm in range(300, 500, 5))
    found = desk.read([desk.add("one.csv", f"nm,A\n{rows}".encode())])
    assert found.data.absorbance.shape == (1, 40)


def test_files_with_times_in_their_names_are_one_series(desk):
    rows = "".join(f"{nm},{1 / nm:.6f}\n" for nm in range(300, 500, 5))
    names = [desk.add(f"sample {t} min.csv", f"nm,A\n{rows}".encode()) for t in (20, 5)]
    assert desk.read(names).data.time.tolist() == [5.0, 20.0]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("..", "_"),
        ("", "_"),
        ("CON.csv", "_CON.csv"),
        ("a\0b\n.csv", "a_b_.csv"),
        ("x" * 300 + ".csv", "x" * 56 + ".csv"),
        ("µ 20 °C (3).csv", "µ 20 °C (3).csv"),
        ("Läufe; №2 [neu], 'a' & b!.csv", "Läufe; №2 [neu], 'a' & b!.csv"),
        ('a:b|c*d?"<e>\u202egnp.csv', "a_b_c_d___e__gnp.csv"),
    ],
)
def test_names_lead_nowhere_else(name, kept):
    assert uploads.safe(name) == kept


def test_a_place_of_a_problem_is_the_name_that_the_user_knows(desk):
    with pytest.raises(InputError, match=r"^zeros\.csv:2: ") as refused:
        desk.read([desk.add("zeros.csv", HOSTILE["nul.csv"]())])
    assert refused.value.problems[0].where == "zeros.csv:2"


def test_too_much_is_not_kept(desk, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    with pytest.raises(InputError, match="a file of more than"):
        desk.add("x.csv", bytes(11))
    monkeypatch.setattr(uploads, "MOST_HELD", 5)
    with pytest.raises(InputError, match="too many files"):
        desk.add("x.csv", bytes(6))


def with_script(monkeypatch, tmp_path, text):
    script = tmp_path / "script.py"
    loaded = "import sys\nsys.stdout.buffer.write(b'+')\nsys.stdout.buffer.flush()\n"
    script.write_text(loaded + textwrap.dedent(text))
    monkeypatch.setattr(child.read_child, "__file__", str(script))
    return child.Child()


def test_a_process_that_goes_on_is_ended_with_what_it_started(monkeypatch, tmp_path):
    monkeypatch.setattr(child, "SECONDS", 1.0)
    text = """
        import subprocess, sys, time
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
        time.sleep(1000)
    """
    process = with_script(monkeypatch, tmp_path, text)
    with pytest.raises(InputError, match="took too long"):
        process.ask([child.Upload("x.csv", b"1")], {})
    assert process._process.poll() is not None
    assert not process._folder.exists()


def test_time_counts_from_when_it_is_loaded(monkeypatch, tmp_path):
    """By a clock that says that it took an hour to load."""
    loaded = tmp_path / "loaded"
    clock = SimpleNamespace(monotonic=lambda: 3600.0 if loaded.exists() else 0.0)
    monkeypatch.setattr(child, "time", clock)
    monkeypatch.setattr(child, "SECONDS", 60.0)
    script = tmp_path / "slow.py"
    said = "b'\\x13\\0\\0\\0' + b'{\"x\":1,\"arrays\":[]}'"
    write = "sys.stdout.buffer.write"
    script.write_text(
        f"import sys, pathlib\npathlib.Path({str(loaded)!r}).touch()\n"
        f"{write}(b'+')\nsys.stdout.flush()\nsys.stdin.readline()\n{write}({said})\n"
    )
    monkeypatch.setattr(child.read_child, "__file__", str(script))
    words, _ = child.Child().ask([child.Upload("x.csv", b"1")], {})
    assert words == {"x": 1}


def test_an_answer_without_end_is_not_gathered(monkeypatch, tmp_path):
    monkeypatch.setattr(child, "MOST_ANSWER", 1000)
    process = with_script(monkeypatch, tmp_path, "print('x' * 5_000_000)")
    with pytest.raises(InputError, match="took too long, or too much"):
        process.ask([child.Upload("x.csv", b"1")], {})


@pytest.mark.parametrize("said", ["", "nothing", "\\xff\\xff\\xff\\x7f{}", "\\x02\\0\\0\\0{}"])
def test_an_answer_that_is_no_frame_is_refused(monkeypatch, tmp_path, said):
    text = f"import sys; sys.stdin.readline(); sys.stdout.buffer.write(b'{said}')"
    process = with_script(monkeypatch, tmp_path, text)
    with pytest.raises(InputError):
        carried.made(*process.ask([child.Upload("x.csv", b"1")], {}))


def test_it_has_no_environment_and_an_empty_folder_and_no_path_of_ours(monkeypatch, tmp_path):
    text = """
        import json, os, sys
        files = [name for _, _, names in os.walk(".") for name in names]
        sys.stdin.readline()
        told = {"env": sorted(os.environ), "files": files, "isolated": sys.flags.isolated}
        text = json.dumps({"told": told, "arrays": []}).encode()
        sys.stdout.buffer.write(len(text).to_bytes(4, "little") + text)
    """
    monkeypatch.setenv("SECRET", "of the user")
    process = with_script(monkeypatch, tmp_path, text)
    words, _ = process.ask([child.Upload("x.csv", b"1")], {})
    allowed = {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "SYSTEMROOT", "LC_CTYPE"}
    assert {*words["told"]["env"]} <= allowed
    assert {*words["told"]["files"]} <= {"x.csv"}
    assert words["told"]["isolated"] == 1


def test_a_process_is_used_once(desk):
    desk.make_ready()
    ready = desk._ready
    desk.read([desk.add("run.csv", b"nm,1 min,2 min\n300,1,2\n301,2,3\n302,1,1\n")])
    desk.make_ready()
    assert ready._process.poll() is not None
    assert desk._ready is not ready


def limited(body):
    """Run a body after the module of the process, and return status and what it says."""
    text = f"import sys\nsys.path.insert(0, {str(Path(read_child.__file__).parent)!r})\n"
    text += "import read_child\n" + textwrap.dedent(body)
    done = subprocess.run(
        [sys.executable, "-I", "-c", text], check=False, capture_output=True, text=True, timeout=600
    )
    return done.returncode, done.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system holds it on Linux")
def test_memory_is_bounded_by_the_system():
    body = """
        read_child.bound()
        try:
            bytearray(2 * read_child.MEMORY)
        except MemoryError:
            print("refused")
    """
    assert limited(body) == (0, "refused\n")


def test_memory_is_bounded_by_a_watchdog():
    body = """
        import time
        held = []
        read_child.watch(lambda: len(held), most=5)
        for _ in range(1000):
            held.append(1)
            time.sleep(0.02)
        print("went on")
    """
    assert limited(body) == (read_child.TOO_LARGE, "")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "object"},
        {"labels": ["one"]},
        {"labels": [1, 2, 3]},
        {"signal": "pickle"},
        {"history": "text"},
        {"metadata": []},
    ],
)
def test_words_of_a_stranger_are_checked(change):
    words, arrays = carried.told(spectra())
    with pytest.raises(InputError):
        carried.made({**words, **change}, arrays)


@pytest.mark.parametrize("name", ["time", "wavelength", "absorbance", "beside dilution"])
def test_arrays_of_a_stranger_are_checked(name):
    words, arrays = carried.told(spectra())
    with pytest.raises(InputError):
        carried.made(words, {**arrays, name: np.zeros((2, 2))})


def test_frames_are_read_as_they_were_packed():
    arrays = {"a": np.arange(6.0).reshape(2, 3), "b": np.array([np.nan])}
    for kind in (frames.EXACT, frames.COARSE):
        words, found = frames.unpacked(frames.packed({"of": "x"}, arrays, kind))
        assert words == {"of": "x"}
        assert found["a"].tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
        assert np.isnan(found["b"][0])


@pytest.mark.parametrize(
    "one",
    [
        {"shape": [10**9], "offset": 0},
        {"shape": [-1], "offset": 0},
        {"shape": [1], "offset": -8},
        {"shape": [1], "offset": 10**9},
        {"shape": "x", "offset": 0},
        {"shape": [1], "offset": 0, "type": "object"},
    ],
)
def test_frames_of_a_stranger_are_refused(one):
    header = {"arrays": [{"name": "a", "type": "float64", **one}]}
    text = json.dumps(header).encode()
    with pytest.raises(InputError):
        frames.unpacked(len(text).to_bytes(4, "little") + text + bytes(64))


def test_a_fault_of_ours_in_what_reads_is_said_as_one(monkeypatch):
    def fails(_):
        raise KeyError("x")

    monkeypatch.setattr("prenuc.present.app.dropped.leading", fails)
    told, _ = frames.unpacked(
        read_child.answer({"files": ["x.html"], "known": {}, "wanted": "screens"})
    )
    assert told["error"]["message"].startswith("a fault of prenuc: KeyError('x')")
