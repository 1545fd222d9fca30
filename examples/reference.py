"""The reference of names and commands, written from the package itself.

Run ``python examples/reference.py`` (or ``make reference``); it writes ``python.md`` and ``cli.md``
into ``docs/reference``. A test says when they are out of date.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import prenuc as pn
from prenuc import errors
from prenuc.present.cli import prenuc
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator

MADE = "% Written by examples/reference.py (make reference); changes here are lost.\n\n"
STARS: dict[object, str] = {
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}
FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
# Rooms in story order: heading, and objects that the public names take and give.
ROOMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "errors": (
        "What can go wrong",
        (
            "prenuc.errors.Problem",
            *(f"prenuc.errors.{name}" for name in sorted(vars(errors)) if name.endswith("Error")),
        ),
    ),
    "quantities": ("Numbers with units", ()),
    "facts": ("Facts: what is known", ("prenuc.facts.recipe.Recipe", "prenuc.facts.value.Value")),
    "mechanism": (
        "Mechanism: what could happen",
        ("prenuc.mechanism.mechanism.Component", "prenuc.mechanism.reaction.Reaction"),
    ),
    "thermodynamics": (
        "Thermodynamics: may it happen",
        ("prenuc.thermodynamics.loops.Loop", "prenuc.thermodynamics.faults.Fault"),
    ),
    "protocol": ("Protocol: what was done", ("prenuc.protocol.protocol.Assumption",)),
    "simulation": (
        "Simulate: let it happen",
        (
            "prenuc.simulation.solution.Measurement",
            "prenuc.simulation.evolve.Evolution",
            "prenuc.simulation.evolve.Units",
            "prenuc.simulation.ensemble.Ensemble",
        ),
    ),
    "observe": (
        "Observe: what an instrument shows",
        (
            "prenuc.observe.analysis.Analysis",
            "prenuc.observe.features.Feature",
            "prenuc.observe.sizing.Size",
            "prenuc.observe.luminescence.measured.EmissionAnalysis",
            "prenuc.observe.luminescence.measured.Emission",
            "prenuc.observe.corrections.steps.Corrected",
            *(
                f"prenuc.observe.corrections.steps.{name}"
                for name in ("StrayLight", "Blank", "Offset", "Scattering", "Baseline", "Scale")
            ),
            "prenuc.observe.corrections.steps.Wavelengths",
        ),
    ),
    "infer": (
        "Infer: what the data allow one to say",
        (
            "prenuc.infer.fit.results.ManyFit",
            "prenuc.infer.fit.parameter.Parameter",
            "prenuc.infer.modelfree.views.Views",
            "prenuc.infer.studies.calibrate.Calibration",
            "prenuc.infer.experiments.published.PanelResult",
            "prenuc.infer.selection.growth_laws.Growth",
            "prenuc.infer.selection.growth_laws.FittedLaw",
            "prenuc.infer.selection.next_experiment.Proposal",
        ),
    ),
    "present": ("Present: tell someone", ()),
}

PYTHON = """# Python

What `import prenuc as pn` offers, in story order; each name is imported from its module when it is
first used. After the names of a room stand the objects that they take and give. Units are in the
text; a shape such as (m, n) says how long an array is along each axis.

"""

CLI = r"""# The command line

Every command that answers with data takes `--json`: one JSON document on standard output and
nothing else there; warnings and progress go to standard error. Exit status 0: done. 1: the answer
is "no", or the integrator gave up. 2: the input is wrong; one line for each problem, with place,
nearest valid name and how to mend it, and nothing is written.

```console
$ prenuc --version
```

Completion in bash (also zsh, fish): `eval "$(_PRENUC_COMPLETE=bash_source prenuc)"`.

## The engine

The integrator is compiled when the package is built; nothing is compiled at run time. On x86-64 it
has a second set of instructions (AVX2, FMA), taken where the processor has them, so last digits can
differ between processors; `PRENUC_ISA=baseline` keeps to those that every machine has. `prenuc
doctor` says which are used. [How the engine integrates](../story/engine.md) has the method.

"""


# ---- Python --------------------------------------------------------------------------------------


def python_page() -> str:
    """Return the page of all public names."""
    rooms: dict[str, list[str]] = {}
    public = set(pn.__all__)
    for name in pn._CONTENTS:  # noqa: SLF001  # the order of the story stands there
        room = getattr(pn, name).__module__.split(".")[1]
        rooms.setdefault(room if room in ROOMS else "infer", []).append(name)
    parts = []
    for room, (heading, related) in ROOMS.items():
        parts.append(f"## {heading}\n")
        parts += [_entry(f"pn.{name}", getattr(pn, name)) for name in rooms[room]]
        parts += [
            _entry(path, _found(path)) for path in related if path.rpartition(".")[2] not in public
        ]
    return MADE + PYTHON + "\n".join(parts)


def _found(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _entry(name: str, thing: Any) -> str:
    lines = [f"### {name}\n", f"```python\n{signature(name, thing)}\n```\n"]
    lines.append(markdown(inspect.getdoc(thing) or ""))
    if isinstance(thing, type):
        lines += _members(thing)
    return "\n".join(lines)


def signature(name: str, thing: Any) -> str:
    """Return a call as it would be written, one line for each parameter where it is long."""
    try:
        found = inspect.signature(thing)
    except ValueError:
        return name
    words = list(_parameters(found))
    gives = found.return_annotation
    end = f" -> {gives}" if isinstance(gives, str) and gives != "None" else ""
    short = f"{name}({', '.join(words)}){end}"
    if len(short) <= 88:
        return short
    return "\n".join([f"{name}(", *(f"    {word}," for word in words), f"){end}"])


def _parameters(found: inspect.Signature) -> Iterator[str]:
    starred = False
    for one in found.parameters.values():
        if one.name == "self":
            continue
        if one.kind is one.KEYWORD_ONLY and not starred:
            starred = True
            yield "*"
        starred = starred or one.kind is one.VAR_POSITIONAL
        stars = STARS.get(one.kind, "")
        kind = f": {one.annotation}" if isinstance(one.annotation, str) else ""
        yield f"{stars}{one.name}{kind}{_default(one.default)}"


def _default(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return ""
    plain = isinstance(value, str | int | float | bool | tuple | None)
    return f" = {value!r}" if plain else " = ..."


def _members(thing: type) -> Iterator[str]:
    """Return the public methods and properties that a class has itself or from ours."""
    fields = {field.name for field in dataclasses.fields(thing)} if _is_data(thing) else set()
    seen: dict[str, Any] = {}
    for base in reversed(thing.__mro__):
        if base.__module__.startswith("prenuc."):
            seen |= {n: m for n, m in vars(base).items() if not n.startswith("_")}
    for name, member in seen.items():
        inner = getattr(member, "__func__", None) or getattr(member, "fget", None) or member
        if name in fields or not inspect.isfunction(inner):
            continue
        words = (inspect.getdoc(getattr(thing, name)) or "").partition("\n\n")[0]
        call = name if isinstance(member, property) else f"{name}({_names(inner)})"
        yield f"- `.{call}`: {_roles(' '.join(words.split()))}"
    yield ""


def _is_data(thing: type) -> bool:
    return dataclasses.is_dataclass(thing)


def _names(function: Any) -> str:
    skipped = {"self", "cls"}
    return ", ".join(name for name in inspect.signature(function).parameters if name not in skipped)


def markdown(text: str) -> str:
    """Return a docstring in Google's style as Markdown."""
    lines, section = [], False
    for line in _roles(text).splitlines():
        if line.rstrip() in {"Args:", "Returns:", "Raises:", "Yields:"}:
            section = True
            lines.append(f"*{line.rstrip()[:-1]}*\n")
        elif section and (item := re.fullmatch(r"    (\*{0,2}\w+): (.*)", line)):
            lines.append(f"- `{item[1]}`: {item[2]}")
        else:
            lines.append(f"  {line.strip()}" if section and line.strip() else line)
    return "\n".join(lines) + "\n"


def _roles(text: str) -> str:
    """Return text without the marks of reStructuredText."""
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)
    return text.replace("``", "`")


# ---- the command line ----------------------------------------------------------------------------


def cli_page() -> str:
    """Return the page of all commands with their options."""
    parts = [_command(f"prenuc {name}", command) for name, command in prenuc.commands.items()]
    return MADE + CLI + "\n".join(parts)


def _command(name: str, command: click.Command) -> str:
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    shown = " ".join(_argument(one) for one in arguments)
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    lines = [
        f"## {name}\n",
        f"```text\n{' '.join(filter(None, (name, shown, '[OPTIONS]')))}\n```\n",
    ]
    lines += _paragraphs(inspect.cleandoc(command.help or ""))
    lines += [f"- {_option(one)}" for one in options]
    return "\n".join([*lines, ""])


def _argument(one: click.Argument) -> str:
    name = one.metavar or (one.name or "").upper()
    if isinstance(one.type, click.Choice) and one.metavar is None:
        name = "{" + "|".join(one.type.choices) + "}"
    return name if one.required else f"[{name}]"


def _option(one: click.Option) -> str:
    kind = one.metavar or ""
    if isinstance(one.type, click.Choice):
        kind = "|".join(one.type.choices)
    elif not kind and not one.is_flag:
        kind = {"integer": "N", "integer range": "N", "float": "X", "path": "PATH"}.get(
            one.type.name, "TEXT"
        )
    names = ", ".join(one.opts)
    given = f" (default {one.default})" if one.show_default else ""
    said = (one.help or "").removesuffix(".") + given
    end = "" if said.endswith("?") else "."
    return f"`{names}{' ' + kind if kind else ''}`: {said}{end}"


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("\b\n"):
            yield f"```text\n{paragraph[2:]}\n```\n"
        else:
            yield f"{paragraph}\n"


def write(folder: Path) -> list[Path]:
    """Write both pages and return their paths."""
    pages = {"python.md": python_page(), "cli.md": cli_page()}
    return [write_text(folder / name, text) for name, text in pages.items()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder of the pages")
    for path in write(parser.parse_args().to):
        print(f"wrote {path}")
