"""``prenuc sweep``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import prenuc as pn
from prenuc.errors import InputError
from prenuc.present.cli.input import COUNT, report_option, workers_option, writing_options
from prenuc.present.cli.output import echo, echo_answer, json_option, progress
from prenuc.quantities import roughly

if TYPE_CHECKING:
    from prenuc.sweeps.spec import Spec
    from prenuc.sweeps.sweep import State, Sweep
    from prenuc.sweeps.swept import Swept

MERGE, FORMATS = "merge", ("csv", "xlsx", "netcdf", "parquet")


@click.command()
@click.argument("words", metavar="[merge] SPEC.yaml", nargs=-1, required=True)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for all of it.")
@workers_option
@click.option("--dask", metavar="ADDRESS", help="Work on a Dask cluster: tcp://host:8786.")
@click.option("--slurm", is_flag=True, help="Work by jobs of SLURM.")
@click.option("--jobs", type=COUNT, default=10, show_default=True, help="Jobs of SLURM.")
@click.option("--slurm-option", multiple=True, metavar="NAME=VALUE", help="As submitit has them.")
@click.option("--local", is_flag=True, help="With --slurm: try it by processes of this machine.")
@click.option("--shard", metavar="I/N", help="Do part I of N, for an array job; merge afterwards.")
@click.option(
    "--dry-run", is_flag=True, help="Say how many tasks there are and how long they take."
)
@click.option(
    "--to",
    type=click.Choice(FORMATS),
    default="csv",
    show_default=True,
    help="Format of the table.",
)
@writing_options
@click.option(
    "--figure-format",
    type=click.Choice(["svg", "pdf", "png"]),
    default="svg",
    show_default=True,
    help="Format of the map.",
)
@report_option
@json_option
def sweep(words: tuple[str, ...], out: Path, as_json: bool, **asked: Any) -> None:
    """Run the many flasks of SPEC.yaml; the same command again goes on where it stopped.

    The folder holds the ledger of what is done, results.csv, the map and the best and worst flask.
    After an array job, "merge" brings the shards together.

    \b
    Examples:
      prenuc sweep map.yaml --out map --dry-run
      prenuc sweep map.yaml --out map --workers 4
      prenuc sweep map.yaml --out map --shard 3/10
      prenuc sweep merge map.yaml --out map
    """
    from prenuc.present.files.kept import keep
    from prenuc.sweeps.spec import read_spec
    from prenuc.sweeps.sweep import Sweep
    from prenuc.sweeps.swept import swept

    merging = len(words) == 2 and words[0] == MERGE
    if len(words) != 1 + merging:
        raise InputError(
            f"'{' '.join(words)}' is no sweep", "Write prenuc sweep SPEC.yaml --out DIR"
        )
    spec = read_spec(Path(words[-1]))
    whole = Sweep(spec.job, out)
    if asked["dry_run"]:
        _say(_planned(whole, asked["workers"]), as_json)
        return
    part = _part(asked["shard"])
    if part is None:  # others may be at work on other parts
        _tell_kept(whole)
    state = _merged(whole) if merging else _run(whole, part, asked)
    if part:
        _say(state.as_dict() | {"written": []}, as_json)
        return
    found = swept(whole, spec)
    written = [str(path) for path in _written(whole, spec, found, asked)]
    _say(state.as_dict() | {"written": written, "results": keep([found])}, as_json)


def _part(text: str | None) -> tuple[int, int] | None:
    """Return part and count of "3/10".

    Raises:
        InputError: It is none.
    """
    if text is None:
        return None
    number, _, of = text.partition("/")
    if number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
        return int(number), int(of)
    raise InputError(f"'{text}' is no part", "Write --shard 3/10, from 1/10 to 10/10")


def _planned(whole: Sweep, workers: int) -> dict[str, Any]:
    state, each = whole.state(), whole.seconds()
    left = state.tasks - state.done
    return state.as_dict() | {"seconds_each": each, "seconds_left": each * left / workers}


def _tell_kept(whole: Sweep) -> None:
    """Say what a folder already holds, and what of it is of another description."""
    state = whole.state()
    if state.other:
        said = f"{state.skipped or state.done} of {state.tasks} tasks are kept"
        more = f"{state.other} others in {whole.folder} are not of this description and stay there"
        echo(f"prenuc: the description has changed: {said}, {more}", err=True)
    elif state.done:
        echo(f"prenuc: {state.done} of {state.tasks} tasks are done already", err=True)


def _merged(whole: Sweep) -> State:
    whole.merge()
    return whole.state()


def _run(whole: Sweep, part: tuple[int, int] | None, asked: dict[str, Any]) -> State:
    from prenuc.sweeps.cluster import dask_executor, run_slurm

    with progress(f"sweeping {whole.job.protocol.name}") as report:
        if asked["slurm"]:
            given = dict(item.partition("=")[::2] for item in asked["slurm_option"])
            options = {name: int(v) if v.isdecimal() else v for name, v in given.items()}
            cluster = "local" if asked["local"] else "slurm"
            return run_slurm(
                whole, asked["jobs"], options=options, cluster=cluster, progress=report
            )
        if asked["dask"] is not None:
            with dask_executor(asked["dask"]) as (executor, workers):
                return whole.run(workers=workers, executor=executor, progress=report)
        workers = 1 if part else asked["workers"]
        return whole.run(workers=workers, shard=part, progress=report)


def _written(whole: Sweep, spec: Spec, found: Swept, asked: dict[str, Any]) -> list[Path]:
    from prenuc.present.files.sheets import Marks
    from prenuc.present.files.sweeps import write_ends, write_map, write_table

    drawn = write_map(found, whole.folder, asked["figure_format"])
    table = write_table(whole, asked["to"], Marks(asked["decimal"], asked["separator"]))
    written = [table, *([drawn] if drawn else []), *write_ends(whole, spec)]
    if asked["report_to"] is not None:
        written.append(pn.report(found, to=asked["report_to"]))
    return written


def _say(answer: dict[str, Any], as_json: bool) -> None:
    echo_answer(answer, _echo, as_json)


def _echo(answer: dict[str, Any]) -> None:
    counts = ", ".join(f"{answer[name]} {name}" for name in ("tasks", "done", "failed", "skipped"))
    echo(f"  {counts}")
    if "seconds_left" in answer:
        each, left = answer["seconds_each"], answer["seconds_left"]
        echo(f"  {roughly(1e3 * each)} ms a task, about {roughly(left)} s for what is left")
    for path in answer.get("written", ()):
        echo(f"  wrote {path}")
