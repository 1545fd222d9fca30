"""What looks at pages sees what is wrong with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from browser import NARROW, Visits, axe, printed, sideways, violations

GOOD = (
    '<!doctype html><html lang="en"><head><title>A page</title>'
    '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'"></head>'
    "<body><main><h1>A page</h1><p>{}</p></main></body></html>"
)


def written(folder, inner):
    path = folder / "page.html"
    path.write_text(GOOD.format(inner), encoding="utf-8")
    return path


def test_a_good_page_has_no_fault(visit, tmp_path):
    page = visit(written(tmp_path, "Said in words."), NARROW)
    assert sideways(page) == []
    assert violations(page) == []
    assert printed(page) == ["A page\nSaid in words."]


def test_a_wide_row_and_an_unnamed_picture_are_seen(visit, tmp_path):
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    page = visit(written(tmp_path, '<img src="a.svg"> <code>' + 99 * "x" + "</code>"), NARROW)
    assert [one.split()[0] for one in sideways(page)] == ["CODE"]
    assert [one.split(":")[0] for one in violations(page)] == ["image-alt"]


def test_a_complaint_and_a_question_outside_are_seen(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<img src='http://example.invalid/a.png'><script>nothing.at(all)</script>")
    visits = Visits(browser)
    visits(path)
    assert visits.outside == ["http://example.invalid/a.png"]
    assert any("nothing is not defined" in one for one in visits.complaints)


def test_without_a_browser_one_skip_stands_for_all_tests_that_need_it():
    asked = ["-rs", "-p", "no:cacheprovider", __file__, "-k", "good or seen"]
    hidden = f"import browser, pytest, sys; browser.CHROMIUM = None; sys.exit(pytest.main({asked}))"
    done = subprocess.run(
        [sys.executable, "-c", hidden],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 tests look at pages" in done.stdout


def test_the_script_that_finds_faults_is_the_pinned_one():
    assert "axe v4.14.1" in axe()[:200]
