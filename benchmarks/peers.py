"""Other packages, each in an environment of its own, to be measured beside ours.

>>> skultrafast = Peer("skultrafast", ("skultrafast==4.2",))       # doctest: +SKIP
>>> skultrafast.installed()                                        # doctest: +SKIP
{'skultrafast': '4.2', 'numpy': '1.26.4', ...}
>>> skultrafast.run(Path("benchmarks/peer_scripts/skultrafast_fit.py"), "in.npz")  # doctest: +SKIP
{'k': 0.015, ...}

An environment lives in ``build/peers/NAME`` and is made by the first call; it is made anew when the
requirements change. A peer that cannot be installed or fails is a row with a reason: ``installed``
is empty then, and ``run`` returns ``{"error": reason}``. A peer's script measures itself, in
processor time without its imports, and prints one JSON document as the last line of its output.
Children inherit the affinity to a core that the caller has set.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "build" / "peers"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
VERSIONS = """
import json, platform
from importlib.metadata import distributions
found = {one.metadata["Name"].lower(): one.version for one in distributions()}
print(json.dumps({"python": platform.python_version(), **found}))
"""


@dataclass(frozen=True)
class Peer:
    """One package in an environment of its own.

    Args:
        name: Name of the environment, a folder below ``build/peers``.
        requirements: What pip installs there, pinned.
    """

    name: str
    requirements: tuple[str, ...]

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return FOLDER / self.name / "bin" / "python"

    def installed(self) -> dict[str, str]:
        """Return the version of every distribution there; empty when it cannot be installed."""
        reason = self._install()
        if reason:
            print(f"{self.name} cannot be installed: {reason}", file=sys.stderr, flush=True)
            return {}
        return json.loads(_output(self.python, "-c", VERSIONS).stdout)

    def run(self, script: Path, *args: object, timeout: float | None = None) -> dict[str, Any]:
        """Run a script there and return the JSON document on the last line of its output.

        Args:
            script: The script; it measures its own processor time.
            args: Its arguments.
            timeout: Seconds after which it is given up.

        Returns:
            What the script printed, or ``{"error": reason}``.
        """
        if reason := self._install():
            return {"error": f"cannot be installed: {reason}"}
        try:
            done = _output(self.python, script, *args, timeout=timeout)
        except subprocess.TimeoutExpired:
            return {"error": f"gave no answer in {timeout:g} s"}
        if done.returncode:
            return {"error": _last_line(done.stderr) or f"exit status {done.returncode}"}
        try:
            answer: dict[str, Any] = json.loads(_last_line(done.stdout))
        except json.JSONDecodeError:
            return {"error": f"printed no JSON but '{_last_line(done.stdout)}'"}
        return answer

    def _install(self) -> str:
        """Make the environment unless it stands; return why that failed, or nothing."""
        home = FOLDER / self.name
        stamp = home / "requirements.sha256"
        wanted = hashlib.sha256("\n".join((sys.version, *self.requirements)).encode()).hexdigest()
        if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
            return ""
        shutil.rmtree(home, ignore_errors=True)
        print(f"installing {self.name} into {home}", file=sys.stderr, flush=True)
        made = _output(Path(sys.executable), "-m", "venv", home)
        if not made.returncode:
            made = _output(self.python, "-m", "pip", "install", "--quiet", *self.requirements)
        if made.returncode:
            errors = [line for line in made.stderr.splitlines() if line.startswith("ERROR")]
            return errors[0] if errors else _last_line(made.stderr)
        stamp.write_text(wanted, encoding="ascii")
        return ""


def _output(
    python: Path, *args: object, timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run an interpreter with one thread, away from our own packages."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(  # noqa: S603  # our own scripts, in our own environments
        [str(python), *map(str, args)],
        env=clean | dict.fromkeys(THREADS, "1"),
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


def _last_line(text: str) -> str:
    return text.strip().rsplit("\n", 1)[-1]
