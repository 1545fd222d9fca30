"""The command that makes again what a screen shows."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Given = str | float | bool | Sequence[str] | None


def command(*words: str, **options: Given) -> str:
    """Return a line for a shell.

    Args:
        words: Command and arguments.
        options: By name; None and False are left out, True is a flag, a sequence is repeated.
    """
    line = ["prenuc", *words]
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is None or value is False or value == "":
            continue
        if value is True:
            line.append(option)
        elif isinstance(value, str):
            line += [option, value]
        elif isinstance(value, int | float):
            line += [option, f"{value:.12g}"]
        else:
            line += [part for one in value for part in (option, one)]
    return shlex.join(line)
