"""Flasks laid over each other: panels, ranges, fonts, numbers beside the figure, refusals."""

from __future__ import annotations

import csv
import json
import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prenuc as pn
from commands import clusters, run, write
from drawn import made_course
from looking import faults
from prenuc.errors import InputError, ProtocolError
from prenuc.observe.samples import Sample, series_of
from prenuc.present.cli.flasks import given as flasks_given
from prenuc.present.cli.flasks import runs_of
from prenuc.present.figures.courses import plot_courses, shown_columns
from prenuc.present.figures.overlay import Source, panels_of, told_apart
from prenuc.present.figures.page_size import Layout
from prenuc.present.figures.sizes import plot_sizes
from prenuc.present.figures.spectra import plot_spectra
from prenuc.present.files.figures import save
from prenuc.protocol import Protocol
from prenuc.protocol.alternatives import alternatives

MINE = """name: mine
mechanism: two-pathway/CdS
protocol:
  - charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC
  - heat flask to 180 degC over 10 min
  - hold flask for 75 min
  - take 25 uL of flask into c75 with 3.00 mL toluene at 25 degC
  - measure c75
"""
TOPO = "15 min into hold flask = 1.2 mmol TOPO"
MSA = "30 min into hold flask = 1.75 mmol MSA"


def aliquots(times, height=0.4, vessel="c{:g}", signal="absorbance"):
    """Spectra of samples taken at some minutes of a reaction."""
    nm = np.arange(300.0, 501.0, 2.0)
    rows = [height * t / 100 * np.exp(-(((nm - 400) / 30) ** 2)) for t in times]
    samples = [Sample(vessel.format(t), vessel.format(t) + " at 0 min", 0.0, t) for t in times]
    return series_of(samples, nm, np.array(rows), signal=signal)


# ---- several values of one change ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hold f=10, 20 min", ["hold f = 10 min", "hold f = 20 min"]),
        ("hold f=5,10,20 min", ["hold f = 5 min", "hold f = 10 min", "hold f = 20 min"]),
        ("hold f = 10 min, 2 h", ["hold f = 10 min", "hold f = 2 h"]),
        ("after x = 0.5, 1 mmol TOPO", ["after x = 0.5 mmol TOPO", "after x = 1 mmol TOPO"]),
        ("after x = 1 mmol TOPO, 2 mmol MSA", ["after x = 1 mmol TOPO, 2 mmol MSA"]),
        ("after x = 1 mmol 2,6-dimethylpyridine", ["after x = 1 mmol 2,6-dimethylpyridine"]),
        ("dilute c = 2, 3; a f = 1 K", ["dilute c = 2; a f = 1 K", "dilute c = 3; a f = 1 K"]),
        ("hold flask", ["hold flask"]),
    ],
)  # fmt: skip
def test_a_list_of_values_is_as_many_changes(text, expected):
    assert [*alternatives(text)] == expected


@given(st.lists(st.integers(1, 999), min_size=1, max_size=5, unique=True))
def test_each_of_the_values_is_done(minutes):
    done = Protocol.from_text(
        ["charge flask with 1 mmol S and 9 g ODE at 60 degC", "hold flask for 5 min"]
    )
    text = f"hold flask = {', '.join(map(str, minutes))} min"
    held = [done.varied(one).steps[1].duration.number for one in alternatives(text)]
    assert held == minutes


@pytest.mark.parametrize("text", ["hold f = 0,5 min", "hold f=10,20 min", "a f = 1 K; x = 0,5 mL"])
def test_a_comma_that_may_be_a_decimal_sign_is_asked_for(text):
    with pytest.raises(ProtocolError, match=r"may be one value or two\. Write .*with a space"):
        alternatives(text)


def test_too_many_variants_are_a_sweep():
    many = ", ".join(map(str, range(1, 30)))
    with pytest.raises(ProtocolError, match=r"841 variants.*Use prenuc sweep"):
        alternatives(f"hold a = {many} min; hold b = {many} min")


# ---- which spectra stand together ---------------------------------------------------------------


def drawn(sources):
    panels, notes = panels_of(sources)
    lines = [[(sources[i].name, sources[i].series.time[row]) for i, row in p.lines] for p in panels]
    return [panel.title for panel in panels], lines, notes


def test_sources_with_the_same_samples_have_a_panel_for_each():
    one, other = Source("a", aliquots([30, 75])), Source("b", aliquots([30, 75], 0.2))
    titles, lines, notes = drawn([one, other])
    assert titles == ["c30, 30 min of reaction", "c75, 75 min of reaction"]
    assert lines == [[("a", 30), ("b", 30)], [("a", 75), ("b", 75)]]
    assert notes == []


def test_a_vessel_is_matched_by_name_where_a_variation_moved_its_time():
    later = replace(aliquots([30, 75]), time=np.array([40.0, 85.0]))
    later = replace(later, labels=tuple(f"c{t}, {t + 10} min of reaction" for t in (30, 75)))
    titles, lines, _ = drawn([Source("a", aliquots([30, 75])), Source("b", later)])
    assert titles == ["c30", "c75"]
    assert lines[0] == [("a", 30), ("b", 40)]


def test_measured_spectra_stand_with_those_of_the_nearest_time():
    dense = replace(aliquots(np.arange(0.0, 101.0, 2.0)), labels=())
    run = Source("run", replace(dense, labels=tuple(map(str, dense.time))), measured=True)
    titles, lines, notes = drawn([Source("a", aliquots([30, 75])), run])
    assert titles == ["30 min", "75 min"]
    assert lines == [[("a", 30), ("run", 30)], [("a", 75), ("run", 74)]]
    assert notes == ["run: 2 of 51 spectra are drawn"]


def test_sources_whose_times_do_not_agree_have_a_panel_each():
    titles, lines, _ = drawn([Source("a", aliquots([30, 75])), Source("b", aliquots([1, 2]))])
    assert titles == ["a", "b"]
    assert [len(one) for one in lines] == [2, 2]


def test_times_on_two_clocks_are_not_one_time():
    standing = replace(aliquots([30, 75]), time_name="time", labels=("x at 30 min", "x at 75 min"))
    assert drawn([Source("a", aliquots([30, 75])), Source("b", standing)])[0] == ["a", "b"]
    measured = Source("b", standing, measured=True)
    assert drawn([Source("a", aliquots([30, 75])), measured])[0] == ["30 min", "75 min"]
    early = Source("b", aliquots([1, 1440], vessel="x{:g}"))
    assert drawn([Source("a", aliquots([30, 75])), early])[0] == ["a", "b"]


def test_a_single_spectrum_stands_in_every_panel():
    single = Source("dots", aliquots([50.0], vessel="x"), measured=True)
    _, lines, _ = drawn([Source("a", aliquots([30, 75])), Source("b", aliquots([30, 75])), single])
    assert [[name for name, _ in one] for one in lines] == [["a", "b", "dots"]] * 2
    assert drawn([single])[0] == [""]


def test_of_many_panels_some_are_drawn_and_that_is_said():
    many = [Source(name, aliquots(np.arange(10.0, 100.0, 5.0))) for name in "ab"]
    titles, _, notes = drawn(many)
    assert len(titles) == 6
    assert notes == [f"{name}: 6 of 18 spectra are drawn" for name in "ab"]


# ---- what a figure looks like -------------------------------------------------------------------


def overlay(layout, sources=None):
    sources = sources or [
        Source("base", aliquots([30, 75, 135])),
        Source("after hold flask = 1.2 mmol TOPO", aliquots([30, 75, 135], 0.2)),
        Source("measured", aliquots([30, 75, 135], 0.3), measured=True),
    ]
    made = plot_spectra(sources, layout)
    return made.figure, list(made.notes)


def crowded(layout):
    names = [f"hold flask = {number}0 min" for number in range(1, 13)]
    return overlay(layout, [Source(name, aliquots([30, 75])) for name in names])


FIGURES = {
    "spectra": overlay,
    "many": crowded,
    "times": lambda layout: overlay(layout, [Source("a", aliquots(np.arange(1.0, 60.0)))]),
    "course": lambda layout: plot_courses(
        {"base": made_course(), "after hold flask = 1.2 mmol TOPO": made_course(shift=1.0)}, layout
    ),
    "sizes": lambda layout: plot_sizes({"a": made_course(), "b": made_course(shift=1)}, layout),
}
SIZES = [None, "8.5 cm", "17.5 x 16 cm", "12 cm"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", FIGURES)
def test_no_text_overlaps_and_none_is_small_or_off_the_page(kind, size):
    layout = Layout.sized(size, title="A title that is long enough to need a line")
    made = FIGURES[kind](layout)
    assert faults(made[0] if isinstance(made, tuple) else made.figure) == []


def test_a_figure_has_the_width_and_the_font_that_are_asked_for():
    figure, _ = overlay(Layout.sized("8.5 cm", font=9))
    assert figure.get_figwidth() * 2.54 == pytest.approx(8.5)
    assert figure.axes[0].xaxis.label.get_size() == 9
    wide, _ = overlay(Layout.sized("17.5 x 6 cm"))
    assert wide.get_size_inches() * 2.54 == pytest.approx([17.5, 6])
    for wrong in ("8.5", "large", "8.5 min", "900 cm"):
        with pytest.raises(InputError):
            Layout.sized(wrong)
    with pytest.raises(InputError, match="a font of 2 points"):
        Layout(font=2)
    with pytest.raises(InputError, match="a range from 1 to 1 holds nothing"):
        Layout(up=(1.0, 1.0))


def test_a_long_legend_leaves_panels_their_room_or_is_refused():
    figure, _ = crowded(Layout.sized("8.5 cm"))
    faults(figure)  # draws it
    heights = [axes.get_position().height * figure.get_figheight() for axes in figure.axes]
    assert min(heights) * 2.54 > 1.5
    with pytest.raises(InputError, match=r"the legend needs .* of 4 cm.*larger --size"):
        crowded(Layout.sized("8.5 x 4 cm"))


def test_sources_differ_in_grey_too_and_data_lie_on_top():
    figure, _ = overlay(Layout())
    simulated, other, measured = figure.axes[0].get_lines()
    assert simulated.get_linestyle() != other.get_linestyle()
    assert measured.get_marker() == "o"
    assert measured.get_zorder() > simulated.get_zorder()
    assert len({str(told_apart(place)) for place in range(36)}) == 36
    few = [told_apart(place) for place in range(6)]
    assert len({one["color"] for one in few}) == len({str(one["ls"]) for one in few}) == 6


def test_what_a_range_cuts_off_is_said():
    full, quiet = overlay(Layout())
    assert quiet == ["only 300 to 483 nm are drawn; beyond, the largest reading is 0.000213 (base)"]
    low, high = full.axes[0].get_ylim()
    tops = [line.get_ydata().max() for axes in full.axes for line in axes.get_lines()]
    assert low < 0
    assert high > max(tops)
    _, notes = overlay(Layout(across=(380.0, 420.0), up=(0.0, 0.1)))
    assert any("the range cuts data off: absorbance goes from" in note for note in notes)
    with pytest.raises(InputError, match="nothing lies in the range"):
        overlay(Layout(across=(700.0, 800.0)))


def test_signals_of_two_kinds_have_no_axis_in_common():
    with pytest.raises(InputError, match="absorbance, photoluminescence have no axis in common"):
        overlay(
            Layout(),
            [Source("a", aliquots([5])), Source("b", aliquots([5], signal="photoluminescence"))],
        )


def test_a_species_that_hardly_ever_is_there_is_named_and_not_drawn():
    columns, notes = shown_columns({"a": made_course()})
    assert "share of QD" in columns
    assert "share of PC" not in columns
    assert notes == ["never 1 % of the chalcogen: PC"]
    full = replace(made_course(), at_end=np.where(made_course().time > 50, 0.5, 0.0))
    (note,) = [one for one in plot_courses({"a": full}, Layout()).notes if "largest" in one]
    assert note.startswith("a: from 45 min on dots have the largest size that is counted (5 nm)")
    with pytest.raises(InputError, match="dots of a are not counted class by class"):
        plot_sizes({"a": made_course(sizes=False)}, Layout())


def test_letters_in_a_pdf_are_truetype_and_in_an_svg_text(tmp_path):
    figure, _ = overlay(Layout())
    data = save(figure, tmp_path / "a.pdf", "what it shows").read_bytes()
    assert b"/FontFile2" in data
    assert b"/Type3" not in data
    text = save(figure, tmp_path / "a.svg", "what it shows").read_text(encoding="utf-8")
    assert "wavelength / nm</text>" in text
    assert "what it shows</dc:description>" in text


# ---- the command --------------------------------------------------------------------------------


@pytest.fixture
def prenuc(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")

    def call(*arguments, code=0):
        answer = run(capsys, monkeypatch, *arguments)
        assert answer.code == code, answer.err
        return answer.out if code == 0 else answer.err

    return call


def test_from_an_empty_file_to_a_variation_in_two_actions(prenuc, tmp_path):
    """The file is written; one command simulates, varies, overlays and writes the numbers."""
    said = json.loads(prenuc("plot", "mine.yaml", "--vary", TOPO, "--vary", MSA, "--json"))
    assert said["sources"] == ["mine", TOPO, MSA]
    assert "a panel each" not in said["alt"]  # one sample is overlaid, three lines
    with (tmp_path / said["numbers"]).open(encoding="utf-8-sig", newline="") as lines:
        head, *rows = csv.reader(lines)
    assert head == [
        "wavelength / nm",
        *(f"{name}, c75, 75 min of reaction" for name in said["sources"]),
    ]
    columns = np.array(rows, dtype=float).T
    done = Protocol.from_text([line.strip(" -") for line in MINE.splitlines()[3:]])
    for column, protocol in zip(
        columns[1:], (done, done.varied(TOPO), done.varied(MSA)), strict=True
    ):
        spectra = pn.uv_vis(pn.simulate(pn.two_pathway("CdS"), protocol))
        np.testing.assert_allclose(column, spectra.absorbance[0], rtol=1e-9, atol=1e-12)
    assert "TOPO</text>" in (tmp_path / "plot.svg").read_text(encoding="utf-8")


def test_a_folder_that_simulate_wrote_is_its_answer(prenuc):
    prenuc("simulate", "mine.yaml", "--out", "sim")
    said = json.loads(prenuc("plot", "sim", "sim/spectra.csv", "--json"))
    assert said["sources"] == ["sim", "spectra"]


@pytest.mark.usefixtures("prenuc")
def test_dots_that_outgrow_what_is_counted_are_warned_of(capsys):
    """With TOPO at 15 min a few dots take everything and end in the largest size class."""
    runs = runs_of(flasks_given(["mine.yaml"], [TOPO]))
    said = capsys.readouterr().err
    assert len(runs) == 2
    assert f"prenuc: warning: {TOPO}: " in said
    assert "of the volume of dots is in the largest size that is counted" in said
    assert "warning: mine" not in said


def test_a_variation_that_changes_nothing_is_not_drawn_twice(prenuc):
    said = json.loads(prenuc("plot", "mine.yaml", "--vary", "hold flask = 75, 80 min", "--json"))
    assert said["sources"] == ["mine", "hold flask = 80 min"]


def test_pictures_of_the_how_to_are_made_by_commands_that_are_understood():
    root = Path(__file__).parents[1]
    page = (root / "docs/how-to/overlay.md").read_text(encoding="utf-8")
    lines = [line.removeprefix("$ ") for line in page.splitlines() if "docs/figures" in line]
    commands = [shlex.split(line) for line in lines if line.startswith("prenuc plot")]
    assert len(commands) == 3
    for _, _, file, *options in commands:
        assert (root / options[-1]).exists()
        vary = [b for a, b in pairwise(options) if a == "--vary"]
        assert len(flasks_given([str(root / file)], vary)) == 1 + len(vary)


def test_two_files_that_call_themselves_the_same_go_by_the_names_of_the_files(prenuc, tmp_path):
    (tmp_path / "copy.yaml").write_text(MINE.replace("75 min", "80 min"), encoding="utf-8")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "copy.yaml").write_text(MINE.replace("75 min", "85 min"), encoding="utf-8")
    said = json.loads(prenuc("plot", "mine.yaml", "copy.yaml", "--json"))
    assert said["sources"] == ["mine", "copy"]
    said = json.loads(prenuc("plot", "copy.yaml", "a/copy.yaml", "--json"))
    assert said["sources"] == ["copy", "a/copy"]


@pytest.mark.parametrize("kind", ["course", "sizes"])
def test_a_course_is_a_figure_and_a_table(prenuc, tmp_path, kind):
    prenuc("plot", "mine.yaml", "--what", kind, "--out", "a.png", "--decimal", ",")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as lines:
        head, *rows = csv.reader(lines, delimiter=";")
    first = [float(row[0].replace(",", ".")) for row in rows]
    assert np.all(np.diff(first) >= 0)
    names = {"course": "mine, mean diameter / nm", "sizes": "mine, 75 min"}
    assert names[kind] in head
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_measured_first_absorptions_lie_over_a_course(prenuc, tmp_path):
    """Dots at 400, 410 and 420 nm that were measured are circles, each at its time."""
    times, places = [20.0, 40.0, 60.0], [400.0, 410.0, 420.0]
    nm = np.arange(350.0, 501.0)
    rows = [0.2 * np.exp(-(((nm - at) / 14) ** 2)) + np.exp(-(nm - 320) / 20) for at in places]
    write(pn.SpectrumSeries(nm, np.array(times), np.array(rows)), tmp_path / "run.csv")
    prenuc("plot", "mine.yaml", "run.csv", "--what", "course")
    with (tmp_path / "plot.csv").open(encoding="utf-8-sig", newline="") as lines:
        head, *cells = csv.reader(lines)
    found = [row[-2:] for row in cells if row[-1]]
    assert head[-1] == "run, measured, first absorption / nm"
    assert [float(time) for time, _ in found] == times
    assert [float(at) for _, at in found] == pytest.approx(places, abs=1.5)


def test_numbers_go_to_origin_and_excel_too(prenuc, tmp_path):
    write(clusters(), tmp_path / "run.csv")
    prenuc("plot", "run.csv", "--out", "a.png", "--to", "xlsx")
    names, units, *_ = openpyxl.load_workbook(tmp_path / "a.xlsx")["spectra"].values
    assert (names[0], units[0], names[1]) == ("wavelength", "nm", "run, 4 min")
    prenuc("plot", "run.csv", "--out", "a.png", "--to", "origin")
    back = pn.read(tmp_path / "a.origin.txt")
    assert back.labels == ("run, 4 min", "run, 8 min", "run, 12 min")
    assert back.time == pytest.approx([4, 8, 12])


def test_everything_wrong_is_said_at_once_and_nothing_is_written(prenuc, tmp_path):
    said = prenuc("plot", "mine.yaml", "gone.csv", "nothing", "--vary", "hold flsk = 1 min", code=2)
    assert "gone.csv: there is no such file" in said
    assert "no recipe 'nothing'" in said
    assert "no step 'hold flsk'. Nearest: 'hold flask'" in said
    assert [one.name for one in tmp_path.iterdir()] == ["mine.yaml"]


def test_flasks_out_of_scope_are_refused_all_at_once_or_let_be(prenuc, tmp_path):
    with_selenium = MINE.replace("0.3 mmol S", "0.3 mmol S, 0.1 mmol SeTOP")
    (tmp_path / "se.yaml").write_text(with_selenium.replace("mine", "se"), encoding="utf-8")
    (tmp_path / "hot.yaml").write_text(MINE.replace("180", "300").replace("mine", "hot"), "utf-8")
    said = prenuc("plot", "mine.yaml", "se.yaml", "hot.yaml", code=2)
    assert "SeTOP takes part in nothing" in said
    assert "300 degC is 80 degC outside" in said
    assert not (tmp_path / "plot.svg").exists()
    prenuc("plot", "mine.yaml", "se.yaml", "--inert", "SeTOP")
    prenuc("plot", "hot.yaml", "--extrapolate")
    assert "no flask charges it" in prenuc("plot", "mine.yaml", "--inert", "SeTOP", code=2)
    assert "no reagent 'Setopp'" in prenuc("plot", "mine.yaml", "--inert", "Setopp", code=2)


def test_what_makes_no_sense_is_refused(prenuc, tmp_path):
    write(clusters(), tmp_path / "run.csv")
    before = (tmp_path / "run.csv").read_bytes()
    wrong = {
        ("run.csv", "--what", "course"): "spectra have no course",
        ("run.csv", "--vary", "hold flask = 1 min"): "--vary has no protocol to change",
        ("run.csv", "--out", "run.svg"): "this is the input itself",
        ("run.csv", "--out", "a.jpg"): "'.jpg' is not a figure format",
        ("run.csv", "--size", "huge"): "'huge' is no size of a figure",
        ("run.csv", "--range", "0 60 min"): "min",
        ("run.csv", "--vessel", "flask"): "--vessel is for courses",
        ("run.csv", "--to", "xlsx", "--separator", ";"): "Leave --decimal and --separator out",
        ("mine.yaml", "--what", "course", "--ordinate", "0 1"): "an ordinate each",
        ("mine.yaml", "--what", "course", "--vessel", "flusk"): "no vessel 'flusk'",
    }
    for arguments, expected in wrong.items():
        assert expected in prenuc("plot", *arguments, code=2)
    assert (tmp_path / "run.csv").read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["mine.yaml", "run.csv"]


# ---- what a first user meets ---------------------------------------------------------------------


def test_a_protocol_that_measures_nothing_is_named_with_what_to_add(tmp_path, capsys, monkeypatch):
    path = tmp_path / "mine.yaml"
    path.write_text("\n".join(MINE.splitlines()[:6]) + "\n", encoding="utf-8")
    answer = run(capsys, monkeypatch, "plot", path)
    assert (answer.code, answer.out) == (2, "")
    assert "mine: the protocol measures nothing" in answer.err
    assert "'measure flask', or plot --what course" in answer.err


def test_one_sample_alone_carries_its_reaction_time(tmp_path, capsys, monkeypatch):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE, encoding="utf-8")
    vary = ["--vary", "hold flask = 20, 75, 75 min", "--out", tmp_path / "a.svg"]
    answer = run(capsys, monkeypatch, "plot", path, *vary)
    assert answer.code == 0, answer.err
    assert "hold flask = 75 min is there already" in answer.err
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file))[1:] == [
            "mine, c75, 75 min of reaction", "hold flask = 20 min, c75, 20 min of reaction"
        ]  # fmt: skip


def test_what_holds_for_every_flask_is_said_once(tmp_path, capsys, monkeypatch):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE.replace("Cd(OA)2", "Cd(MA)2"), encoding="utf-8")
    vary = ["--vary", "hold flask = 10, 20 min", "--out", tmp_path / "a.svg"]
    answer = run(capsys, monkeypatch, "plot", path, *vary)
    assert answer.err.count("Cd(MA)2 stands for Cd(OA)2") == 1
    assert "every flask: Cd(MA)2 stands for" in answer.err
    alone = run(capsys, monkeypatch, "simulate", path)
    assert (alone.out + alone.err).count("Cd(MA)2 stands for Cd(OA)2") == 1
    assert alone.out.startswith("Cd(MA)2 stands for")
    assert "mmol/L of S, from" in alone.out
    assert "-0.000" not in alone.out


def test_a_table_too_wide_for_a_terminal_is_parted_between_columns_and_breaks_no_word(
    capsys, monkeypatch
):
    from prenuc.present.cli.output import echo_table
    from prenuc.present.tables.table import Table

    headings = ("spectrum", *(f"concentration{i}" for i in range(9)))
    rows = tuple((f"a{n}, {n} min of reaction", *(f"{n}.{i}" for i in range(9))) for n in (1, 22))
    for width in (40, 80, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        capsys.readouterr()
        echo_table(Table(caption="", headings=headings, rows=rows))
        said = capsys.readouterr().out
        assert all(said.split().count(one) == 1 for one in headings[1:])
        assert all(said.split().count(cell) == 1 for row in rows for cell in row[1:])
        assert max(map(len, said.splitlines())) <= width
        assert (said.count("spectrum") == 1) == (width == 200)
