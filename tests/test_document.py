"""YAML files: what they may say, and how they are refused."""

from __future__ import annotations

import re

import pytest

from prenuc.errors import FactsError
from prenuc.facts.catalogue import read_files
from prenuc.facts.document import Node
from prenuc.facts.reagent import Moiety
from prenuc.facts.yaml_file import load

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"
GOOD = """\
- id: Cd
  name: cadmium
  formula: Cd
  kind: metal
  molar_mass: {value: 112.414, unit: g/mol, source: iupac @ table, status: measured}
  molar_volume: {value: 13.0, unit: cm^3/mol, source: handbook @ cadmium, status: assumed}
"""


@pytest.fixture
def write(tmp_path):
    def written(content, name="facts.yaml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def moieties(*paths):
    return read_files(paths, lambda node: node.entry(Moiety), "a moiety")


def refused(path):
    with pytest.raises(FactsError) as caught:
        moieties(path)
    return caught.value.problems


def lines(problems):
    return [int(problem.where.rpartition(":")[2]) for problem in problems]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3.0e7", 3e7),
        ("1e4", 1e4),
        ("1.0e4", 1e4),
        ("1E-3", 1e-3),
        ("4.3e-05", 4.3e-5),
        ("5", 5.0),
        ("-0.5", -0.5),
        (".5", 0.5),
        ("1_000", 1000.0),
        ("1_0.5_0e0", 10.5),
    ],
)
def test_numbers_are_numbers_however_they_are_written(write, text, number):
    problems = []
    node = Node(load(write(f"k: {text}\n")), "f", problems)
    assert node.number("k") == number
    assert isinstance(node.number("k"), float)
    assert problems == []


@pytest.mark.parametrize(
    "word", ["NO", "no", "yes", "Yes", "on", "off", "y", "12:30:45", "1.0e4 m"]
)
def test_words_are_words_as_keys_and_as_values(write, word):
    problems = []
    document = load(write(f"{word}: 1\nname: {word}\n"))
    assert list(document) == [word, "name"]
    assert Node(document, "f", problems).text("name") == word
    assert problems == []


@pytest.mark.parametrize("word", ["NO", "yes", "1.0e4 m", "true", "1_", "1__0", "1_.5", "1_e5"])
def test_a_word_is_not_taken_for_a_number(write, word):
    problems = []
    Node(load(write(f"\nk: {word}\n")), "f", problems).number("k")
    assert [str(problem) for problem in problems] == [
        f"f:2: 'k' must be a number, found '{word if word != 'true' else True}'."
    ]


def test_the_quantity_of_a_value_is_the_written_one(write):
    value = moieties(write(GOOD))["Cd"].molar_mass
    assert (value.quantity.number, value.quantity.unit) == (112.414, "g/mol")
    assert value.si == pytest.approx(0.112414, rel=1e-14)
    assert (str(value.source), value.status) == ("iupac @ table", "measured")


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: 1\nb: 2\na: 3\n", 3), ("a: {x: 1,\n    x: 2}\n", 2), ("- b: 1\n- c: 1\n  c: 2\n", 3)],
)
def test_a_repeated_key_is_refused_with_file_and_line(write, text, line):
    path = write(text)
    with pytest.raises(FactsError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert problem.where == f"{path}:{line}"
    assert "duplicate key" in problem.what
    assert problem.mend == "Every key may stand once"


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (b"", None, "the file is empty"),
        (b"\n# only a comment\n\n", None, "the file is empty"),
        (PNG, None, "not a text file"),
        (b"a: 1\n\x00", None, "not a text file"),
        ("a: ü".encode("latin-1"), None, "not a text file"),
        ("a: 1".encode("utf-16"), None, "not a text file"),
        (b"a: \x07", None, "not valid YAML"),
        (b"a:\n\tb: 1\n", 2, "cannot start any token"),
        (b"a: [1, 2\nb: 3\n", 2, "expected"),
        (b"a: 1\nb: *nobody\n", 2, "undefined alias"),
        (b"a: 1\n---\nb: 2\n", 2, "another document"),
        (b"a: 'open\n", 2, "end of stream"),
        (b"a: !!python/object:os.system x\n", 1, "the tag"),
        (b"a: 1\n- b\n", 2, "expected"),
        (b"[" * 60, 1, "50 blocks within blocks"),
        (b"[" * 100_000, 1, "nesting depth"),
        (b"a: &a [*a]\n", 1, "undefined alias"),
        (b"? [a, b]\n: 1\n", 1, "a key must be a word"),
        (b"a: 1\n<<: 2\n", 2, "merges a mapping"),
        (b"a: " + b"9" * 5000 + b"\n", 1, "a number of 5000 characters"),
    ],
)
def test_what_is_not_a_yaml_file_is_refused_with_one_message(write, content, line, what):
    path = write(content)
    with pytest.raises(FactsError, match=what) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert problem.where == (str(path) if line is None else f"{path}:{line}")
    assert "\n" not in str(caught.value)
    assert problem.mend


def test_a_file_of_endless_depth_is_refused_with_one_message(write):
    with pytest.raises(FactsError) as caught:
        load(write("[" * 5000))
    assert len(caught.value.problems) == 1


def test_a_missing_file_and_a_folder_are_refused_with_their_name(tmp_path):
    for path, what in ((tmp_path / "none.yaml", "no such file"), (tmp_path, "directory")):
        with pytest.raises(FactsError, match=what) as caught:
            load(path)
        (problem,) = caught.value.problems
        assert problem.where == str(path)


def test_a_huge_file_is_not_read(write):
    with pytest.raises(FactsError, match="larger than 5 MB"):
        load(write(b"#" * 5_000_001))


def test_a_byte_order_mark_does_no_harm(write):
    assert load(write("\ufeffa: 1\n")) == {"a": 1}


@pytest.mark.parametrize("text", ["a: 1\n", "text\n", "5\n"])
def test_a_file_of_facts_must_be_a_list(write, text):
    (problem,) = refused(write(text))
    assert "must be a list of entries" in problem.what


def test_three_mistakes_are_reported_at_once_with_their_lines(write):
    text = GOOD.replace("status: assumed", "status: guessed")
    text += GOOD.replace("- id: Cd", "- id: Zn").replace("iupac @ table", "iupac")
    text += GOOD.replace("- id: Cd", "- id: S").replace("112.414", "heavy")
    problems = refused(write(text))
    assert lines(problems) == [6, 11, 17]
    assert "'guessed' is not a status" in problems[0].what
    assert problems[0].mend == "Write measured | fitted | assumed"
    assert "'iupac' is not a source" in problems[1].what
    assert "'value' must be a number, found 'heavy'" in problems[2].what


def test_a_missing_key_is_named_with_the_nearest_that_stands_there(write):
    problems = refused(write(GOOD.replace("kind: metal", "kinds: metal")))
    assert "'kind' is missing" in problems[0].what
    assert problems[0].nearest[0] == "kinds"
    assert problems[0].where.endswith(":1")


def test_mistakes_of_several_files_are_reported_at_once(write):
    one, two = write(GOOD.replace("g/mol", "g/mole_", 1), "one.yaml"), write("", "two.yaml")
    with pytest.raises(FactsError) as caught:
        moieties(one, two)
    assert [problem.where for problem in caught.value.problems] == [f"{one}:5", str(two)]


def test_an_id_that_stands_in_two_files_is_refused_naming_both_places(write):
    one, two = write(GOOD, "one.yaml"), write("\n\n" + GOOD, "two.yaml")
    with pytest.raises(FactsError) as caught:
        moieties(one, two)
    (problem,) = caught.value.problems
    assert problem.what == "id 'Cd' is used twice"
    assert problem.where == f"{two}:3"
    assert f"{one}:1" in problem.mend


def test_an_unknown_key_is_refused_with_the_nearest_one(write):
    (problem,) = refused(write(GOOD + "  formulae: Cd\n"))
    assert (problem.what, problem.nearest) == ("a moiety has no 'formulae'", ("formula",))
    assert problem.where.endswith(":7")
    (problem,) = refused(write(GOOD.replace("13.0,", "13.0, uncertainties: 1,")))
    assert problem.nearest == ("uncertainty",)
    assert problem.where.endswith(":6")


def test_an_unknown_key_is_reported_beside_other_mistakes_of_the_entry(write):
    problems = refused(write(GOOD.replace("value: 112.414, ", "") + "  colour: silver\n"))
    assert lines(problems) == [5, 7]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("value: 13.0, ", ""), "'value' is missing"),
        (("unit: cm^3/mol, ", ""), "'unit' is missing"),
        (("source: handbook @ cadmium, ", ""), "'source' is missing"),
        ((", status: assumed", ""), "'status' is missing"),
        (("handbook @ cadmium", "handbook"), "'handbook' is not a source"),
        (("13.0", ".nan"), "'value' is not finite"),
        (("13.0", ".inf"), "'value' is not finite"),
        (("13.0", "1e999"), "'value' is not finite"),
        (("13.0", "true"), "'value' must be a number"),
        (("13.0", "[1, 2]"), "'value' must be a number, found a list"),
        (("cm^3/mol", "cmm"), "'cmm' is not a unit"),
        (
            ("{value: 13.0, unit: cm^3/mol, source: handbook @ cadmium, status: assumed}", "13.0"),
            "expected a mapping of names to values, found '13.0'",
        ),
    ],
)
def test_a_number_without_its_company_is_refused(write, change, what):
    text = GOOD.replace(*change)
    assert text != GOOD
    problems = refused(write(text))
    assert any(re.search(re.escape(what), problem.what) for problem in problems)
    assert lines(problems)[0] == 6


@pytest.mark.parametrize("nothing", ["", "{}"])
def test_a_value_with_nothing_in_it_is_refused(write, nothing):
    text = re.sub(r"molar_volume: .*", f"molar_volume: {nothing}", GOOD)
    problems = refused(write(text))
    assert "molar_volume" in str(problems[0])
    assert lines(problems) == [6]


def test_an_entry_without_a_name_for_itself_is_refused(write):
    assert lines(refused(write(GOOD.replace("id: Cd", "id:")))) == [1]


def test_a_number_too_large_for_a_float_is_refused(write):
    assert lines(refused(write(GOOD.replace("13.0", "1" + "0" * 400)))) == [6]


def test_a_mistake_below_a_merged_key_is_reported(write):
    text = "base: &base {value: heavy}\nkey:\n  <<: *base\n"
    problems = []
    Node(load(write(text)), "f", problems).child("key").number("value")
    assert [problem.what for problem in problems] == ["'value' must be a number, found 'heavy'"]


@pytest.mark.parametrize(
    ("text", "what"),
    [("name: [a]", "'name' must be text, found a list"), ("name: {a: 1}", "found a mapping")],
)
def test_text_must_be_text(write, text, what):
    problems = []
    Node(load(write(f"id: x\n{text}\n")), "f", problems).text("name")
    assert what in problems[0].what
    assert problems[0].where == "f:2"
