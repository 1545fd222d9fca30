"""The routes: a page, a key for a code, files that come and go, and the socket."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocketDisconnect

from prenuc.errors import InputError, PrenucError
from prenuc.present.app import messages
from prenuc.present.app.guard import Guard, Keys
from prenuc.present.app.socket import NO_KEY, PATIENCE, Line
from prenuc.present.app.uploads import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import ASGIApp
    from starlette.websockets import WebSocket

    from prenuc.present.app.desk import Desk

PAGE = Path(__file__).parent / "page"
MOST_OF_A_KEY = 1024  # bytes of a question for the key
SLOWEST = 20.0  # s, in which a body has come


class Server:
    """What answers: one per application.

    Args:
        keys: Start code and key.
        desk: What outlives a reload.
    """

    def __init__(self, keys: Keys, desk: Desk) -> None:
        self.keys = keys
        self.desk = desk
        self.lines: set[Line] = set()

    def application(self, port: int) -> ASGIApp:
        """Return the guarded application.

        Args:
            port: On which it listens.
        """
        routes = [
            Route("/key", self.key, methods=["POST"]),
            Route("/uploads", self.upload, methods=["POST"]),
            Route("/downloads/{name}", self.download, methods=["GET"]),
            WebSocketRoute("/socket", self.socket),
            Mount("/", StaticFiles(directory=PAGE, html=True)),
        ]
        return Guard(Starlette(routes=routes, lifespan=self._living), port)

    @asynccontextmanager
    async def _living(self, _: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()

        def tell(job: dict[str, Any]) -> None:
            for line in list(self.lines):
                asyncio.run_coroutine_threadsafe(line.say({"job": job}), loop)

        self.desk.jobs.tell = tell
        yield
        self.desk.jobs.tell = lambda _: None
        self.desk.jobs.close()
        self.desk.uploads.close()

    async def key(self, request: Request) -> Response:
        """Exchange the start code for the key, once."""
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _refused(415, "Ask in JSON")
        try:
            given = json.loads(await body(request, MOST_OF_A_KEY))
            key = self.keys.exchanged(str(given["code"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            return _refused(400, "This is no start code")
        except InputError as error:
            return _refused(413, str(error))
        if key is None:
            return _refused(403, "The start code is wrong, used or too old: start prenuc app again")
        return JSONResponse({"key": key})

    def _allowed(self, request: Request) -> bool:
        return self.keys.allow(request.headers.get("authorization", ""))

    async def upload(self, request: Request) -> Response:
        """Keep a file that was dropped."""
        if not self._allowed(request):
            return _refused(401, "No key")
        if request.headers.get("content-type") != "application/octet-stream":
            return _refused(415, "Send the bytes of a file")
        name = unquote(request.headers.get("x-file-name", ""))
        try:
            found = self.desk.uploads.add(name, await body(request, MOST_BYTES))
        except PrenucError as error:
            return _refused(413, str(error))
        return JSONResponse({"upload": found})

    async def download(self, request: Request) -> Response:
        """Return a file that was exported."""
        if not self._allowed(request):
            return _refused(401, "No key")
        try:
            found = self.desk.download(request.path_params["name"])
        except PrenucError as error:
            return _refused(404, str(error))
        named = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
        return Response(found.content, 200, {"Content-Disposition": named}, found.kind)

    async def socket(self, socket: WebSocket) -> None:
        """Hear the key, then serve the page until it goes."""
        from prenuc.present.app.actions import ACTIONS

        await socket.accept()
        try:
            first = await asyncio.wait_for(socket.receive_text(), PATIENCE)
            shown = messages.read(first).get("key") if len(first) <= MOST_OF_A_KEY else None
        except (TimeoutError, KeyError, InputError):
            shown = None
        except WebSocketDisconnect:
            return
        if not isinstance(shown, str) or not self.keys.opens(shown):
            await socket.close(NO_KEY, "no key")
            return
        line = Line(socket, self.desk, ACTIONS)
        self.lines.add(line)
        try:
            await line.say({"ready": {"version": _version()}})
            await line.serve()
        finally:
            self.lines.discard(line)


async def body(request: Request, most: int) -> bytes:
    """Return the body of a question.

    Args:
        request: The question.
        most: Bytes that it may have.

    Raises:
        InputError: It has more, or does not come.
    """
    found = bytearray()
    try:
        async with asyncio.timeout(SLOWEST):
            async for part in request.stream():
                found += part
                if len(found) > most:
                    raise InputError(f"more than {most} bytes", "Send less")
    except TimeoutError:
        raise InputError(f"it did not come within {SLOWEST:g} s", "Send it again") from None
    return bytes(found)


def _refused(status: int, why: str) -> Response:
    return JSONResponse({"error": {"message": why}}, status)


def _version() -> str:
    from importlib.metadata import version

    return version("prenuc")
