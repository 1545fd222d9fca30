"""What a shell offers when a name is begun: names of the catalogue, and files beside them.

Each of these is a ``shell_complete`` of click; ``prenuc --help`` says how a shell is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click

    Completion = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _entries(*kinds: str) -> Iterable[str]:
    from prenuc.facts.catalogue import entries

    return (name for kind in kinds for name in entries(kind))


def _anything() -> Iterable[str]:
    from prenuc.facts.catalogue import KINDS

    return _entries(*KINDS)


def _panels() -> Iterable[str]:
    from prenuc.infer.experiments.reproduce import checks

    return sorted({check.panel for check in checks()})


def _steps() -> Iterable[str]:
    from prenuc.infer.calibration.ablations import ABLATIONS

    return (one.step for one in ABLATIONS)


def _offering(names: Callable[[], Iterable[str]], *, files: bool = False) -> Completion:
    """Return what offers names that begin as written, and files beside them if asked for."""

    def complete(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
        found = [CompletionItem(name) for name in names() if name.startswith(begun)]
        return [*found, CompletionItem(begun, type="file")] if files else found

    return complete


def _listing(names: Callable[[], Iterable[str]]) -> Completion:
    """Return what offers names for the last of several that commas part."""

    def complete(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
        before, comma, last = begun.rpartition(",")
        return [CompletionItem(before + comma + one) for one in names() if one.startswith(last)]

    return complete


def _mechanisms() -> Iterable[str]:
    return _entries("parameters")


anything = _offering(_anything)
recipes_and_files = _offering(lambda: _entries("recipes"), files=True)
mechanisms = _offering(_mechanisms)
mechanisms_and_files = _offering(_mechanisms, files=True)
several_mechanisms = _listing(_mechanisms)
materials = _offering(lambda: _entries("materials"))
reagents = _offering(lambda: _entries("reagents"))
panels = _offering(_panels)
steps = _offering(_steps)


def what_is_drawn(
    context: click.Context, asked: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Offer mechanisms where a figure of one is asked for, else recipes; and files.

    Args:
        context: What stands before it.
        asked: What it is for.
        begun: What is written of it.
    """
    mechanism = context.params.get("kind") == "mechanism"
    return (mechanisms_and_files if mechanism else recipes_and_files)(context, asked, begun)
