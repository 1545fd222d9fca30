"""Who may ask: this machine alone, one page of it, with one key.

A start code is valid once and for a minute. The page exchanges it for the key of the session, which
every other question shows: in ``Authorization``, or in the first message of a socket. There is no
cookie, so that no other page can make the browser ask in our name; names of hosts and the origin
are looked at all the same, because a name of a stranger can be made to point to this machine.
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from typing import Any

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

VALID = 60.0  # s, of a start code
NAMES = "127.0.0.1", "localhost", "[::1]"
OPEN = "GET", "HEAD"  # change nothing, and need no origin
REFUSED = 1008  # close code of a socket that breaks the rules
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self'; img-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass
class Keys:
    """The start code and the key of a session.

    Args:
        clock: Seconds that only go forward.
        code: Exchanged once for the key.
        key: Shown with every question.
    """

    clock: Callable[[], float] = time.monotonic
    code: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    _until: float = field(init=False)
    _used: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._until = self.clock() + VALID

    def exchanged(self, code: str) -> str | None:
        """Return the key for the start code; None for a wrong, old or used one."""
        if self._used or self.clock() > self._until or not _same(code, self.code):
            return None
        self._used = True
        return self.key

    def opens(self, key: str) -> bool:
        """Return whether this is the key."""
        return _same(key, self.key)

    def allow(self, authorization: str) -> bool:
        """Return whether a header ``Authorization`` shows the key."""
        kind, _, key = authorization.partition(" ")
        return kind == "Bearer" and self.opens(key)


def _same(one: str, other: str) -> bool:
    # half a sign, as JSON may hold, is a wrong key like any other
    return hmac.compare_digest(*(text.encode(errors="surrogatepass") for text in (one, other)))


@dataclass
class Guard:
    """Stands before the application: refuses strangers, and adds headers to every answer.

    Args:
        app: What is guarded.
        port: On which the application listens.
    """

    app: ASGIApp
    port: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one question, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        why = self._refusal(scope)
        if scope["type"] == "websocket":
            await self._socket(why, scope, receive, send)
        elif why:
            await PlainTextResponse(why, 403)(scope, receive, _with_headers(send))
        else:
            await self.app(scope, receive, _with_headers(send))

    async def _socket(self, why: str, scope: Scope, receive: Receive, send: Send) -> None:
        if why:
            await send({"type": "websocket.close", "code": REFUSED, "reason": why})
        else:
            await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> str:
        """Return why a question is refused; "" where it is not."""
        hosts, origins = _given(scope, b"host"), _given(scope, b"origin")
        if len(hosts) != 1 or hosts[0] not in {f"{name}:{self.port}" for name in NAMES}:
            return "This is not the name of this machine."
        if scope["type"] == "http" and scope["method"] in OPEN and not origins:
            return ""
        if origins != [f"http://{hosts[0]}"]:
            return "This question comes from another page."
        return ""


def _given(scope: MutableMapping[str, Any], name: bytes) -> list[str]:
    """Return every header of a name."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", ()), *own]}
        await send(message)

    return sent
