"""Sweeps on a cluster that is there: Dask by its address, SLURM by submitit.

With Dask the answers come back here, into the ledger. With SLURM every job writes a shard of its
own, so what a job has done is kept when its node dies; the shards are merged when all jobs have
ended, or when the sweep is begun again.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, SimulationError
from prenuc.sweeps.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Executor
    from pathlib import Path

    from prenuc.sweeps.sweep import State

LOGS = "slurm"  # folder of submitit, inside that of the sweep


@contextmanager
def dask_executor(address: str) -> Iterator[tuple[Executor, int]]:
    """Yield an executor of a Dask cluster, and how many threads it has.

    Args:
        address: Of its scheduler, such as "tcp://host:8786".

    Raises:
        InputError: distributed is not installed, or nobody answers there.
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError("Dask is not installed", "pip install 'prenuc[dask]'") from None
    try:
        connect: Any = Client  # without types
        client = connect(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        said = str(error).partition("\n")[0] or type(error).__name__
        what = f"no Dask scheduler answers at {address} ({said})"
        raise InputError(what, "Check the address, such as tcp://host:8786") from None
    try:
        workers = sum(client.nthreads().values())
        yield client.get_executor(pure=False), max(workers, 1)
    finally:
        client.close()


def shard(packed: bytes, folder: Path, number: int, of: int) -> None:
    """Do one shard of a sweep, in whatever process.

    Args:
        packed: The job.
        folder: That of the sweep.
        number: Which shard, from 1.
        of: How many there are.
    """
    from prenuc.sweeps.job import unpacked

    Sweep(unpacked(packed), folder).run(shard=(number, of))


def run_slurm(
    sweep: Sweep,
    jobs: int,
    *,
    options: Mapping[str, Any] | None = None,
    cluster: str = "slurm",
    progress: Callable[[float], None] | None = None,
) -> State:
    """Do what is left of a sweep by jobs of SLURM, one shard each, and merge them.

    Args:
        sweep: What is to be done.
        jobs: How many.
        options: Of SLURM, by submitit's names, such as ``{"slurm_partition": "short"}``.
        cluster: "slurm", or "local" to try it on this machine.
        progress: Called with the finished share of the jobs.

    Raises:
        InputError: submitit is not installed, or an option is unknown.
        SimulationError: Jobs ended before their work was done.
    """
    try:
        from submitit import AutoExecutor
    except ImportError:
        raise InputError("submitit is not installed", "pip install 'prenuc[slurm]'") from None
    sweep.merge()
    before = sweep.state().done
    executor = AutoExecutor(folder=sweep.folder / LOGS, cluster=cluster)
    try:
        executor.update_parameters(**(options or {}))
    except (TypeError, NameError) as error:
        what = " ".join(str(error).split())
        raise InputError(what, "Write --slurm-option slurm_partition=short") from None
    with executor.batch():
        submitted = [
            executor.submit(shard, sweep.job.packed, sweep.folder, number, jobs)
            for number in range(1, jobs + 1)
        ]
    lost = 0
    for ended, one in enumerate(submitted, 1):
        lost += one.exception() is not None
        if progress is not None:
            progress(ended / jobs)
    sweep.merge()
    if lost:
        what = f"{lost} of {jobs} jobs ended before their work was done; see {sweep.folder / LOGS}"
        raise SimulationError(f"{what}. What is done is kept: give the same command again")
    return replace(sweep.state(), skipped=before)
