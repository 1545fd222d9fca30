"""The line to a page: questions one after the other, and of a drag only the newest value.

What is dragged changes faster than it can be simulated. Values that wait are gathered by name, so
that one computation follows them all; the frame that comes back names the newest of them.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocketDisconnect, WebSocketState

from prenuc.errors import InputError, PrenucError
from prenuc.present.app import messages
from prenuc.present.app.session import Session
from prenuc.present.tables.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.websockets import WebSocket

    from prenuc.present.app.desk import Desk

logger = logging.getLogger(__name__)
PATIENCE = 10.0  # s, until a socket has shown its key
MOST_WAITING = 64  # questions
NO_KEY, NO_TEXT = 4001, 4002  # close codes


@dataclass
class Waiting:
    """What a page has asked for and not yet got."""

    questions: deque[dict[str, Any]] = field(default_factory=deque)
    there: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, message: dict[str, Any]) -> None:
        """Put a message at the end; a drag is gathered with one that waits there.

        Raises:
            InputError: Too much is waiting.
        """
        last = self.questions[-1] if self.questions else {}
        if "drag" in message and "drag" in last:
            message = {**message, "moves": {**last["moves"], **message["moves"]}}
            self.questions.pop()
        if len(self.questions) >= MOST_WAITING:
            raise InputError("too much is asked at once", "Wait for the answers")
        self.questions.append(message)
        self.there.set()

    async def next(self) -> dict[str, Any]:
        """Return the message that has waited longest."""
        while not self.questions:
            self.there.clear()
            await self.there.wait()
        return self.questions.popleft()


class Line:
    """One socket with its session; :meth:`serve` ends when the page goes.

    Args:
        socket: Accepted, with its key shown.
        desk: What it shares with other pages.
        actions: What may be asked, by name.
    """

    def __init__(
        self, socket: WebSocket, desk: Desk, actions: Mapping[str, Callable[..., Any]]
    ) -> None:
        self.socket = socket
        self.session = Session(desk)
        self.actions = actions
        self.waiting = Waiting()
        self.thread = ThreadPoolExecutor(1, "session")
        self.sending = asyncio.Lock()
        self.loop = asyncio.get_running_loop()

    async def serve(self) -> None:
        """Listen and answer until the page goes."""
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._answer())]
        try:
            _, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in left:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            self.thread.shutdown(wait=False, cancel_futures=True)

    async def say(self, message: Mapping[str, Any]) -> None:
        """Send a message, if the page is still there."""
        await self._send(json.dumps(message, allow_nan=False))

    async def _send(self, data: str | bytes) -> None:
        async with self.sending:
            if self.socket.application_state is WebSocketState.CONNECTED:
                send = self.socket.send_text if isinstance(data, str) else self.socket.send_bytes
                await send(data)  # type: ignore[arg-type]

    async def _listen(self) -> None:
        while True:
            message: dict[str, Any] = {}
            try:
                message = messages.read(await self.socket.receive_text())
                if "drag" in message:
                    message = messages.drag(message)
                self.waiting.add(message)
            except WebSocketDisconnect:
                return
            except KeyError:  # bytes where text is expected
                await self.socket.close(NO_TEXT, "a message that is no text")
                return
            except InputError as error:
                about = {key: value for key, value in message.items() if key in {"id", "drag"}}
                await self.say({**about, "error": messages.as_error(error)})

    async def _answer(self) -> None:
        while True:
            message = await self.waiting.next()
            answer = await self.loop.run_in_executor(self.thread, self._answered, message)
            if answer is not None:
                await self._send(answer)
            for frame in self.session.take_frames():
                await self._send(frame)

    def _answered(self, message: dict[str, Any]) -> str | None:
        """Return the answer to a message as text; None for a drag, whose answer is a frame."""
        about = {"drag": message["drag"]} if "drag" in message else {"id": message.get("id")}
        try:
            if "drag" in message:
                self._dragged(message)
                return None
            given = message.get("with", {})
            action, given = messages.checked(self.actions, message.get("do"), given)
            answer = action(self.session, **given)
            return json.dumps({**about, "answer": plain(answer)}, allow_nan=False)
        except PrenucError as error:
            return json.dumps({**about, "error": messages.as_error(error)})
        except Exception as error:  # a fault of ours must not take the page along
            logger.exception("an action failed")
            return json.dumps({**about, "error": messages.as_fault(error)})

    def _dragged(self, message: dict[str, Any]) -> None:
        """Follow a drag; each frame goes as soon as it is there."""
        flask = self.session.opened
        flask.live.move(message["moves"])
        for frame in flask.frames(exact=message["exact"], drag=message["drag"]):
            asyncio.run_coroutine_threadsafe(self._send(frame), self.loop)
