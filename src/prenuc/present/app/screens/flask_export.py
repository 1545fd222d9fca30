"""What is taken home of a flask: files and lines that make the same numbers again, elsewhere."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, unknown_name
from prenuc.present.files.again import changed_mechanism, with_change
from prenuc.present.files.protocols import protocol_text
from prenuc.present.files.written import is_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.present.app.flask_session import FlaskSession
    from prenuc.present.app.session import Session


def export(session: Session, *, as_: str) -> dict[str, Any]:
    """Return a file of what the flask is now, and its text where it is one.

    Args:
        session: The page.
        as_: "protocol", "mechanism", "python", "commands", "spectra" or "figure".

    Raises:
        InputError: No flask is open, or there is no such file of it.
    """
    flask = session.opened
    if as_ not in FILES:
        raise InputError(unknown_name("file", as_, FILES))
    name, content, kind = FILES[as_](flask)
    data = content if isinstance(content, bytes) else content.encode()
    answer: dict[str, Any] = {"download": session.keep(name, data, kind), "name": name}
    return answer | ({} if isinstance(content, bytes) else {"text": content})


def _protocol(flask: FlaskSession) -> tuple[str, str, str]:
    return f"{_stem(flask)}.yaml", protocol_file(flask), "application/yaml"


def protocol_file(flask: FlaskSession) -> str:
    """Return the protocol as it is now, as a file that commands read."""
    named = _mechanism_name(flask) if flask.live.change else _basis(flask)
    return protocol_text(flask.live.protocol_now, named)


def _mechanism(flask: FlaskSession) -> tuple[str, str, str]:
    return _mechanism_name(flask), mechanism_file(flask), "application/yaml"


def mechanism_file(flask: FlaskSession) -> str:
    """Return the mechanism as it is now, as a file that commands read."""
    if not is_text(flask.named):
        return changed_mechanism(_basis(flask), flask.live.change)
    return with_change(flask.named, flask.live.change)


def _python(flask: FlaskSession) -> tuple[str, str, str]:
    live, own = flask.live, is_text(flask.named)
    if own:
        model = f'pn.read_mechanism(Path("{_mechanism_name(flask)}"))'
    else:
        model = f'pn.mechanism_for("{_basis(flask)}", protocol)'
    change = {} if own else {name: str(one) for name, one in live.change.items()}
    if flask.recipe:
        moved = {name: str(one) for name, one in live.moved.items()}
        done = f'protocol = pn.Protocol.from_recipe(pn.recipe("{flask.recipe}"))'
        done += f"\nprotocol = protocol.with_handles({_table(moved)})" if moved else ""
    else:
        named = json.dumps(live.protocol.name)
        done = f'protocol = pn.Protocol.from_text("""\n{live.protocol_now}\n""", name={named})'
    lines = [
        *(["from pathlib import Path", ""] if own else []),
        "import prenuc as pn",
        "",
        done,
        f"mechanism = {model}",
        *([f"mechanism = mechanism.with_constants({_table(change)})"] if change else []),
        "run = pn.simulate(mechanism, protocol)",
        "spectra = pn.uv_vis(run)",
        'pn.convert(spectra, "csv", "spectra.csv")',
        "",
    ]
    return f"{_stem(flask)}.py", "\n".join(lines), "text/x-python"


def _commands(flask: FlaskSession) -> tuple[str, str, str]:
    live, own = flask.live, is_text(flask.named)
    what = flask.recipe if flask.recipe and not live.moved else f"{_stem(flask)}.yaml"
    named = f" --mechanism {_mechanism_name(flask)}" if live.change or own else ""
    if not named and flask.named and what == flask.recipe:
        named = f" --mechanism {flask.named}"
    text = f"prenuc simulate {what}{named} --out build --report report.html\n"
    return f"{_stem(flask)}.sh", text, "text/x-shellscript"


def _spectra(flask: FlaskSession) -> tuple[str, bytes, str]:
    from prenuc.present.files.exchange import convert

    series = flask.live.spectra(flask.live.run())
    content = _file_of(lambda path: convert(series, "csv", path), "csv")
    return f"{_stem(flask)}.csv", content, "text/csv"


def _figure(flask: FlaskSession) -> tuple[str, bytes, str]:
    from prenuc.present.files.figures import figure, save

    made = figure("spectra", flask.live.spectra(flask.live.run()), title=flask.title)
    drawn = _file_of(lambda path: save(made.figure, path, made.told), "svg")
    return f"{_stem(flask)}.svg", drawn, "image/svg+xml"


def _file_of(write: Callable[[Path], object], ending: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"made.{ending}"
        write(path)
        return path.read_bytes()


FILES: dict[str, Callable[[FlaskSession], tuple[str, str | bytes, str]]] = {
    "protocol": _protocol,
    "mechanism": _mechanism,
    "python": _python,
    "commands": _commands,
    "spectra": _spectra,
    "figure": _figure,
}


def _stem(flask: FlaskSession) -> str:
    return re.sub(r"[^\w-]+", "-", flask.title).strip("-") or "flask"


def _mechanism_name(flask: FlaskSession) -> str:
    return f"{_stem(flask)}-mechanism.yaml"


def _basis(flask: FlaskSession) -> str:
    """Return the mechanism before anything was moved, as commands name it."""
    if is_text(flask.named):
        return _mechanism_name(flask)
    return flask.named or flask.live.mechanism.name


def _table(given: dict[str, str]) -> str:
    """Return a dictionary as Python writes it, in a line for each where there are several."""
    rows = [f"{json.dumps(name)}: {json.dumps(one)}" for name, one in given.items()]
    return "{" + rows[0] + "}" if len(rows) == 1 else "{\n    " + ",\n    ".join(rows) + ",\n}"
