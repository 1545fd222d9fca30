"""Sheets of workbooks are read as the text they show; hostile ones are refused within limits."""

from __future__ import annotations

import zipfile
from datetime import datetime, time, timedelta

import numpy as np
import pytest

from prenuc.errors import SpectrumError
from prenuc.observe.readers import archives, read, sheet
from prenuc.observe.readers.trace import is_trace, read_trace
from prenuc.present.files.exchange import convert

NM = [300 + 5 * place for place in range(12)]
ROWS = [[nm, round(0.1 + nm / 1000, 3), 0.2] for nm in NM]
WIDE = '<table:table-cell office:value-type="float" office:value="1" '
WIDE += 'table:number-columns-repeated="999999999"/>'
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def book(tmp_path, **sheets):
    from openpyxl import Workbook

    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    made.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def packed(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return path


def ods(path, table):
    head = " ".join(f'xmlns:{one}="{OFFICE}:{one}:1.0"' for one in ("office", "table", "text"))
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        content = f"<office:document-content {head}>{body}</office:document-content>"
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
    return path


def cell(value, kind="float"):
    name = {"float": "value", "percentage": "value", "date": "date-value", "time": "time-value"}
    told = f' office:{name[kind]}="{value}"' if kind in name else ""
    shown = f"<text:p>{value}</text:p>"
    return f'<table:table-cell office:value-type="{kind}"{told}>{shown}</table:table-cell>'


def table(*rows):
    lines = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    rest = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
    rest += 'table:number-columns-repeated="16000"/></table:table-row>'
    return f'<table:table table:name="Run">{lines}{rest}</table:table>'


def test_a_sheet_is_read_as_text_with_the_same_cells(tmp_path):
    rows = [["Sample", "CdS"], [], ["Wavelength (nm)", "0 min", "5 min"], *ROWS]
    text = tmp_path / "a.csv"
    text.write_text("\n".join(",".join(map(str, row)) for row in rows))
    found, same = read(book(tmp_path, Run=rows)), read(text)
    np.testing.assert_array_equal(found.absorbance, same.absorbance)
    np.testing.assert_array_equal(found.time, [0, 5])
    assert found.labels == same.labels
    assert "sheet 'Run' of an Excel workbook, tab-delimited, decimal '.'" in found.history


@pytest.mark.parametrize(
    ("header", "minutes"),
    [
        ([datetime(2024, 3, 12, 23, 50), datetime(2024, 3, 13, 0, 20)], [0, 30]),  # noqa: DTZ001
        ([time(0, 0), time(0, 30)], [0, 30]),
        ([timedelta(0), timedelta(hours=30)], [0, 1800]),
        (["0 min", "½ h"], [0, 30]),
    ],
)
def test_dates_and_clocks_of_cells_are_times(header, minutes, tmp_path):
    found = read(book(tmp_path, Run=[["nm", *header], *ROWS]))
    factor = {"min": 1, "s": 1 / 60, "h": 60}[found.time_unit]
    np.testing.assert_allclose(found.time * factor, minutes)


def test_a_percent_format_is_read_as_it_is_shown(tmp_path):
    from openpyxl import load_workbook

    path = book(tmp_path, Run=[["nm", "%T"], *([nm, 0.5] for nm in NM)])
    made = load_workbook(path)
    for row in range(2, len(NM) + 2):
        made["Run"].cell(row, 2).number_format = "0.0%"
    made.save(path)
    np.testing.assert_allclose(read(path).absorbance, np.log10(2))


def test_a_blank_cell_at_the_end_of_a_row_is_a_masked_reading(tmp_path):
    rows = [["nm", "0 min", "5 min"], *ROWS[:4], [NM[4], 0.4], *ROWS[5:]]
    found = read(book(tmp_path, Run=rows))
    assert np.isnan(found.absorbance[1]).tolist() == [place == 4 for place in range(len(NM))]


def test_the_only_sheet_with_a_table_is_read_and_of_several_one_is_chosen(tmp_path):
    spectra = [["nm", "0 min", "5 min"], *ROWS]
    assert len(read(book(tmp_path, Notes=[["made on", "Monday"]], Run=spectra))) == 2
    path = book(tmp_path, One=spectra, Two=[["nm", "7 min", "9 min"], *ROWS])
    with pytest.raises(SpectrumError, match=r"2 sheets hold tables: 'One', 'Two'. Choose one"):
        read(path)
    assert read(path, sheet="Two").time.tolist() == [7, 9]
    with pytest.raises(SpectrumError, match=r"no sheet 'Tow'. Nearest: 'Two'"):
        read(path, sheet="Tow")


def test_a_trace_stands_in_a_sheet_too(tmp_path):
    rows = [["Time (min)", "A"], *([minute, 0.5 / (1 + minute)] for minute in (0, 1, 3, 7))]
    path = book(tmp_path, Kinetics=rows)
    assert is_trace(path)
    assert read_trace(path).value.tolist() == [0.5, 0.25, 0.125, 0.0625]


def test_a_formula_without_its_value_is_refused(tmp_path):
    path = book(tmp_path, Run=[["nm", "0 min", "5 min"], *ROWS[:-1], [NM[-1], "=B2+1", 0.2]])
    with pytest.raises(SpectrumError, match=r"cell B13 of the sheet 'Run' holds a formula without"):
        read(path)


def test_an_open_document_sheet_is_read_with_all_digits(tmp_path):
    head = [cell("nm", "string"), cell("PT00H00M30S", "time"), cell("PT00H01M00S", "time")]
    rows = [[cell(nm), cell(repr(nm / 7)), cell(0.5)] for nm in NM]
    found = read(ods(tmp_path / "a.ods", table(head, *rows)))
    np.testing.assert_array_equal(found.absorbance[0], np.array(NM) / 7)
    assert (found.time.tolist(), found.time_unit) == ([30, 60], "s")


def test_repeated_cells_and_spans_of_an_open_document_are_as_shown(tmp_path):
    spaced = "<text:p>5<text:s/>min <text:span>of</text:span> run</text:p>"
    spaced = f"<table:table-cell>{spaced}</table:table-cell>"
    head = [cell("nm", "string"), spaced, cell("6 min", "string")]
    twice = '<table:table-cell office:value-type="float" office:value="0.25" '
    twice += 'table:number-columns-repeated="2"/>'
    found = read(ods(tmp_path / "a.ods", table(head, *([cell(nm), twice] for nm in NM))))
    assert found.labels == ("5 min of run", "6 min")
    assert (found.absorbance == 0.25).all()


def test_our_own_workbook_is_read_back_equal_whatever_the_labels(tmp_path):
    from prenuc.observe.series import SpectrumSeries

    values = np.array([[1 / 3, np.nan, 2 / 3], [0.1, -1e-17, 12.0]])
    one = SpectrumSeries(
        np.array([300.0, 1000 / 3, 400.0]),
        np.array([0.1, 0.3]),
        values,
        labels=("%T of dark", "=A1"),
        time_unit="h",
        signal="photoluminescence",
    )
    for to in ("xlsx", "csv", "origin"):
        back = read(convert(one, to, tmp_path / f"a.{to}"))
        np.testing.assert_array_equal(back.absorbance, values)
        np.testing.assert_array_equal(back.wavelength, one.wavelength)
        np.testing.assert_array_equal(back.time, one.time)
        assert (back.labels, back.signal, back.time_unit) == (one.labels, one.signal, "h")


def test_a_zip_bomb_is_refused_before_it_unfolds(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_UNFOLDED", 1_000_000)
    path = packed(tmp_path / "a.xlsx", xl__workbook_xml=b"<a>" + b" " * 10_000_000 + b"</a>")
    with pytest.raises(SpectrumError, match="unfolds to more than"):
        read(path)


def test_a_document_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_ELEMENTS", 1_000)
    path = packed(tmp_path / "a.xlsx", xl__workbook_xml=f"<a>{'<b/>' * 2_000}</a>")
    with pytest.raises(SpectrumError, match="has more than 1000 elements"):
        read(path)


def test_an_alias_bomb_is_refused(tmp_path):
    lol = "".join(f'<!ENTITY e{n} "{"&e" + str(n - 1) + ";" if n else "x"}">' for n in range(30))
    content = f"<!DOCTYPE a [{lol}]><a>&e29;</a>"
    with pytest.raises(SpectrumError, match="declares a document type"):
        read(packed(tmp_path / "a.xlsx", xl__workbook_xml=content))


@pytest.mark.parametrize(
    "row",
    [
        '<table:table-row table:number-rows-repeated="1000000">{}</table:table-row>',
        "<table:table-row>{}" + WIDE + "</table:table-row>",
    ],
)
def test_a_huge_sheet_is_refused_within_memory(row, tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "MOST_CELLS", 100_000)
    body = f'<table:table table:name="Run">{row.format(cell(1) + cell(2))}</table:table>'
    with pytest.raises(SpectrumError, match="has more than"):
        read(ods(tmp_path / "a.ods", body))


def test_a_damaged_workbook_gives_one_clear_line(tmp_path):
    whole = book(tmp_path, Run=[["nm", "0 min", "5 min"], *ROWS]).read_bytes()
    path = tmp_path / "b.xlsx"
    rng, answers = np.random.default_rng(7), []
    for _ in range(300):
        data = bytearray(whole[: rng.integers(len(whole) // 2, len(whole) + 1)])
        for place in rng.integers(0, len(data), 8):
            data[place] = rng.integers(256)
        path.write_bytes(data)
        try:
            answers.append(len(read(path)))
        except SpectrumError as error:
            answers.append(str(error).count("\n"))
    assert set(answers) <= {0, 1, 2}


def test_an_archive_without_its_members_is_refused(tmp_path):
    path = packed(tmp_path / "a.xlsx", xl__workbook_xml="<workbook/>")
    with pytest.raises(SpectrumError, match="no sheet of the workbook holds a table"):
        read(path)
    path.write_bytes(path.read_bytes().replace(b"xl/workbook.xml", b"xl/workbook.xmk", 1))
    with pytest.raises(SpectrumError, match="damaged or cut off"):
        read(path)
