# `make run` and `make test` need python3 with its headers, make and g++, nothing else. A second call takes seconds.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed-run
INSTALLED_TEST := .venv/.installed-test

# Tests start hundreds of processes, which find the package compiled.
export PYTHONDONTWRITEBYTECODE :=

NATIVE_TESTS := tests/test_native.py tests/test_engine.py tests/test_tangents.py tests/test_size_classes.py tests/test_invented.py

.PHONY: run test test-app pictures-app check-intervals check-engine check-lawful check-gate check-mutants check-proposals check-picks check-minimum check-native check-ledger coverage blind blind-models bench bench-app bench-fit robustness court row-classes row-bits models maps tables pictures formats reference check-pages notebooks first-hour docs check-docs clean help

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 20

run: $(INSTALLED)  ## simulate Figures 2a-b and 2c-d, fit them, write build/main-job.json and figures
	$(BIN)/python examples/main_job.py --out build

test: $(INSTALLED_TEST)  ## everything that CI runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	cd examples && MYPYPATH=../tests ../$(BIN)/mypy --config-file ../pyproject.toml --cache-dir ../build/mypy --follow-imports silent *.py
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-app: $(INSTALLED_TEST)  ## the application in Chromium, as a chemist uses it; part of make test where there is a Chromium
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/app

pictures-app: $(INSTALLED_TEST)  ## pictures of every screen of the application, wide and narrow, into docs/figures
	$(BIN)/python examples/app_pictures.py docs/figures

check-intervals: $(INSTALLED_TEST)  ## do 95 % intervals hold the truth in 95 % of 200 noise seeds?
	$(BIN)/python -m pytest -m study -s tests/test_interval_study.py tests/test_interval_study_trace.py

check-engine: $(INSTALLED_TEST)  ## long studies of the engine: ripening, references, traces, 2000 random networks
	$(BIN)/python -m pytest -m study tests/test_known_stiff.py tests/test_known_ripening.py tests/test_traces.py tests/test_random_networks.py

check-native: $(INSTALLED_TEST)  ## the engine under sanitizers of addresses and undefined behaviour
	PRENUC_SANITIZE=1 $(BIN)/python -m pip install --quiet --upgrade --no-deps --target build/sanitized .
	ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD="$$(g++ -print-file-name=libasan.so) $$(g++ -print-file-name=libubsan.so)" \
	PYTHONPATH=build/sanitized $(BIN)/python -m pytest $(NATIVE_TESTS)

check-lawful: $(INSTALLED_TEST)  ## every consistent mechanism from 50 states and in every recipe, without additives too
	$(BIN)/python -m pytest -m study tests/test_lawful.py tests/test_in_balance.py

check-proposals: $(INSTALLED_TEST)  ## does the experiment proposed for Pathway 2 tell, also with every dilution a tenth off? a minute
	$(BIN)/python -m pytest -m "study or not study" tests/test_next_experiment.py -k pathway_2_is_needed

check-picks: $(INSTALLED_TEST)  ## are the first excitons of 400 series with marks of the instrument right, or doubted?
	$(BIN)/python -m pytest -m study -s tests/test_picks.py

check-gate: $(INSTALLED_TEST)  ## 54,000 drawn and damaged inputs, answered or refused; 250 instants of kill -9: no torn file; half an hour
	$(BIN)/python -m pytest -m study tests/test_gate_fuzzed.py tests/test_gate_commands.py tests/test_killed.py

check-mutants: $(INSTALLED_TEST)  ## 20,000 changed files: equal arrays, a refusal or a word about it; never read wrongly in silence; two minutes
	$(BIN)/python -m pytest -m study tests/test_never_misread.py

check-pages: $(INSTALLED_TEST)  ## what takes long among the commands of the documentation
	$(BIN)/python -m pytest -m study tests/test_pages.py

check-minimum: $(INSTALLED_TEST)  ## the oldest libraries of pyproject.toml, and newer Pythons where uv finds them
	$(BIN)/python tests/minimum.py build/minimum

coverage: $(INSTALLED_TEST)  ## 45 kinds of noise and faults, two sizes, joint fits: benchmarks/COVERAGE.md; two hours and a half, resumes
	$(BIN)/python benchmarks/interval_coverage.py

check-ledger: $(INSTALLED_TEST)  ## fifty kills of a ledger and of a sweep, a fault at each write, fsync and rename: nothing is lost; four minutes
	$(BIN)/python -m pytest -m study tests/test_ledger.py tests/test_sweeps.py

blind: $(INSTALLED_TEST)  ## is the right scheme found in 60 experiments that nobody has seen?
	$(BIN)/python benchmarks/blind_set.py

blind-models: $(INSTALLED_TEST)  ## is the right mechanism named from spectra of 30 flasks? benchmarks/BLIND_MODELS.md; ten minutes
	$(BIN)/python benchmarks/blind_models.py

bench: $(INSTALLED_TEST)  ## the engine beside its peers: benchmarks/RESULTS.md, a quarter of an hour
	$(BIN)/python benchmarks/run.py

bench-app: $(INSTALLED_TEST)  ## how soon a dragged constant is seen in Chromium, what the extra weighs: benchmarks/APP.md; four minutes
	$(BIN)/python benchmarks/app.py

bench-fit: $(INSTALLED_TEST)  ## global fits beside scipy by hand and pyGlotaran: benchmarks/FIT.md
	$(BIN)/python benchmarks/fit.py

# A ledger is of one version of the facts and the code. Status 1 says that verdicts are lost, and is an answer.
MARK = $$($(BIN)/python -c 'from prenuc.circumstances import circumstances as all; print(all()["facts and code"])')
ROBUSTNESS = $(BIN)/prenuc robustness --draws 100 --out build/robustness.json --page docs/reference/robustness.md --ledger build/robustness-$(MARK).sqlite

robustness: $(INSTALLED)  ## which verdicts hang on a number? Writes docs/reference/robustness.md; a quarter of an hour, resumes; status 1 below 95 %
	$(ROBUSTNESS); status=$$?; $(BIN)/python examples/pages.py robustness.md && exit $$status

court: $(INSTALLED)  ## what each step is for, rivals on equal terms, maps, robustness, tables: docs/reference/court.md and its links; half an hour where all is out of date, resumes
	$(BIN)/python examples/row_bits.py
	$(BIN)/python examples/models.py
	$(BIN)/python examples/court.py
	$(ROBUSTNESS) || [ $$? -eq 1 ]
	$(BIN)/python examples/pages.py robustness.md
	$(BIN)/python examples/maps.py
	$(BIN)/python examples/tables.py

row-classes: $(INSTALLED)  ## which rows can fail? 200 draws of random constants: src/prenuc/data/row_classes.yaml; resumes
	$(BIN)/python examples/row_classes.py

row-bits: $(INSTALLED)  ## how surprising is each row? 48 draws of two priors, where out of date: src/prenuc/data/row_surprisals.yaml; three minutes, resumes
	$(BIN)/python examples/row_bits.py

models: $(INSTALLED)  ## every model fitted on equal terms: src/prenuc/data/refits/models.yaml; some minutes, resumes
	$(BIN)/python examples/models.py

maps: $(INSTALLED)  ## where a step, or a rival, would show: docs/reference/where-models-differ.md; some minutes, resumes
	$(BIN)/python examples/maps.py

tables: $(INSTALLED)  ## models × observations, Table S1 and the panels: docs/reference, one minute
	$(BIN)/python examples/tables.py

formats: $(INSTALLED)  ## files of instruments that are read, and how checked: docs/reference/formats.md; needs them in ../shared/data
	$(BIN)/python -m pip install --quiet 'openreadout>=0.4'
	$(BIN)/python examples/formats.py

MEASURED ?= ../shared/data

pictures: run first-hour tables  ## every picture of the documentation but those of make court and make pictures-app; MEASURED=FOLDER of measured spectra; six minutes
	cp build/figure-2a.png build/figure-2b.png build/figure-2d.png build/figure-2d-plain.png docs/figures/
	PYTHONPATH=tests $(BIN)/python examples/pictures.py --measured $(MEASURED)

notebooks: $(INSTALLED_TEST)  ## run the notebooks of docs/notebooks and keep what they print
	$(BIN)/jupyter-execute --inplace --NotebookClient.record_timing=False docs/notebooks/*.ipynb

first-hour: $(INSTALLED_TEST)  ## do what docs/first-hour.md says, in build/first-hour, and take its pictures
	rm -rf build/first-hour
	$(BIN)/python tests/walk.py docs/first-hour.md build/first-hour
	cp build/first-hour/sim/spectra.svg docs/figures/first-hour-spectra.svg
	cp build/first-hour/fit.svg docs/figures/first-hour-fit.svg
	cp build/first-hour/both.svg docs/figures/first-hour-both.svg
	cp build/first-hour/steps.svg docs/figures/first-hour-steps.svg

reference: $(INSTALLED)  ## every public name and command: docs/reference/python.md and cli.md
	$(BIN)/python examples/reference.py

docs: $(INSTALLED_TEST)  ## build the HTML documentation into docs/_build/html
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	$(BIN)/sphinx-build -W --keep-going docs docs/_build/html

check-docs: docs  ## every page of the documentation in Chromium, wide and narrow, by axe-core; the cheat sheet in print
	$(BIN)/python -m pytest -m study tests/test_built_docs.py

ENGINE := setup.py src/prenuc/present/app/uplot.py $(wildcard src/prenuc/simulation/native/*.?pp)

$(INSTALLED): pyproject.toml $(ENGINE)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[app,plot,data,mass]'
	@touch $@

$(INSTALLED_TEST): pyproject.toml $(ENGINE)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(INSTALLED)

clean:  ## remove everything that was built
	rm -rf .venv build docs/_build
