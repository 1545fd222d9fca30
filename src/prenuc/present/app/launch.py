"""The application is started: a port on this machine, a browser on a file that leads there.

The address with the start code stands in no command line: the browser is opened on a file that
only its user can read. The code is behind the ``#``, which browsers send to nobody.
"""

from __future__ import annotations

import html
import json
import os
import socket
import sys
import tempfile
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from prenuc.errors import InputError
from prenuc.present.app.desk import Desk
from prenuc.present.app.guard import VALID, Keys
from prenuc.present.app.messages import MOST_BYTES
from prenuc.present.app.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = "127.0.0.1"
SWITCH = 5e-4  # s, after which a thread that computes lets the one that answers go first


class _Uvicorn(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def launch(port: int, *, browser: bool, say: Callable[[str, int], None]) -> None:
    """Serve the application until it is interrupted.

    Args:
        port: On which; any free one for 0.
        browser: Whether to open a browser.
        say: Called with the address and the port, once it listens.

    Raises:
        InputError: The port is taken.
    """
    listening = bound_to(port)
    port = listening.getsockname()[1]
    keys, desk = Keys(), Desk()
    address = f"http://{HERE}:{port}/#code={keys.code}"

    def ready() -> None:
        say(address, port)
        threading.Thread(target=_warm, args=(desk,), daemon=True).start()
        if browser:
            _open(address)

    server(listening, keys, desk, ready).run([listening])


def server(
    listening: socket.socket, keys: Keys, desk: Desk, ready: Callable[[], None]
) -> uvicorn.Server:
    """Return what serves the application on a socket, once it is run.

    Args:
        listening: Bound to a port of this machine.
        keys: Start code and key.
        desk: What outlives a reload.
        ready: Called once it listens.
    """
    sys.setswitchinterval(SWITCH)
    application = Server(keys, desk).application(listening.getsockname()[1])
    config = uvicorn.Config(
        application,
        lifespan="on",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_max_size=MOST_BYTES,
        ws_per_message_deflate=False,
        limit_concurrency=64,
        timeout_graceful_shutdown=2,
    )
    return _Uvicorn(config, ready)


def bound_to(port: int) -> socket.socket:
    """Return a socket bound to a port of this machine.

    Args:
        port: Which; any free one for 0.

    Raises:
        InputError: It is taken.
    """
    # asyncio turns off Nagle's delay, of up to 40 ms, only where the protocol is named.
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # on Windows it would take a port that another program listens on
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HERE, port))
    except OSError as error:
        found.close()
        mend = "Name another with --port, or leave it out"
        raise InputError(f"port {port}: {(error.strerror or '').lower()}", mend) from None
    return found


def _open(address: str) -> None:
    """Open a browser on a file of the user's own that leads to an address, and remove it soon."""
    handle, name = tempfile.mkstemp(prefix="prenuc-", suffix=".html")  # with mode 0600
    target = html.escape(json.dumps(address)[1:-1], quote=True)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f'<!doctype html><meta http-equiv="refresh" content="0;url={target}">\n')
    webbrowser.open(Path(name).as_uri())
    remover = threading.Timer(VALID, lambda: Path(name).unlink(missing_ok=True))
    remover.daemon = True
    remover.start()


def _warm(desk: Desk) -> None:
    """Load what the first question needs, while the page is being drawn."""
    from prenuc.facts.catalogue import entries
    from prenuc.present.app.actions import ACTIONS

    assert ACTIONS  # noqa: S101  imported to be there
    entries("recipes")
    desk.uploads.make_ready()
