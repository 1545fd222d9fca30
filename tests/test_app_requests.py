"""Questions that somebody means harm with are refused: by name, origin, key, kind and size."""

import asyncio
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from prenuc.present.app import guard, launch, server
from prenuc.present.app import socket as line
from prenuc.present.app.guard import VALID, Keys
from prenuc.present.app.messages import MOST_BYTES
from serving import PATIENCE, running_here

JSON = {"Content-Type": "application/json"}
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def app():
    with running_here() as found:
        yield found


def raw(app, text):
    """Return the status of what is answered to these bytes; 0 for none."""
    with socket.create_connection(("127.0.0.1", app.port), timeout=PATIENCE) as wire:
        with suppress(ConnectionError):  # refused before all was sent: the answer is there
            wire.sendall(text.encode("latin-1"))
        try:
            answer = wire.recv(65536).decode("latin-1")
        except (TimeoutError, ConnectionError):
            return 0
    return int(answer.split()[1]) if answer else 0


def lines(app, first, *headers, host=True, body=""):
    given = [first, *([f"Host: 127.0.0.1:{app.port}"] if host else []), *headers, "", body]
    return "\r\n".join(given)


def post(app, path="/uploads", *headers, body="x", kind="application/octet-stream", origin=True):
    own = [f"Origin: {app.origin}"] if origin else []
    sized = [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    keyed = [f"Authorization: Bearer {app.key}"]
    return lines(app, f"POST {path} HTTP/1.1", *own, *keyed, *sized, *headers, body=body)


GET = "GET / HTTP/1.1"
HOSTILE = {
    "a stranger's host": (403, lambda a: lines(a, GET, "Host: evil.example", host=False)),
    "host on another port": (403, lambda a: lines(a, GET, "Host: 127.0.0.1:1", host=False)),
    "host with a suffix": (
        403,
        lambda a: lines(a, GET, f"Host: 127.0.0.1.evil.example:{a.port}", host=False),
    ),
    "two hosts": (400, lambda a: lines(a, GET, "Host: evil.example")),
    "no host": (400, lambda a: lines(a, GET, host=False)),
    "no host in HTTP 1.0": (403, lambda a: lines(a, "GET / HTTP/1.0", host=False)),
    "a stranger's origin": (
        403,
        lambda a: post(a, "/uploads", "Origin: http://evil.example", origin=False),
    ),
    "the origin of https": (
        403,
        lambda a: post(a, "/uploads", f"Origin: https://127.0.0.1:{a.port}", origin=False),
    ),
    "the origin null": (403, lambda a: post(a, "/uploads", "Origin: null", origin=False)),
    "no origin": (403, lambda a: post(a, origin=False)),
    "two origins": (403, lambda a: post(a, "/uploads", "Origin: http://evil.example")),
    "a stranger who looks": (403, lambda a: lines(a, GET, "Origin: http://evil.example")),
    "no key": (
        401,
        lambda a: lines(
            a,
            "POST /uploads HTTP/1.1",
            f"Origin: {a.origin}",
            "Content-Type: application/octet-stream",
            "Content-Length: 1",
            body="x",
        ),
    ),
    "a wrong key": (
        401,
        lambda a: lines(a, "GET /downloads/x HTTP/1.1", "Authorization: Bearer x"),
    ),
    "a key of signs": (
        401,
        lambda a: lines(a, "GET /downloads/x HTTP/1.1", "Authorization: Bearer \xff\xfe"),
    ),
    "the key in the address": (401, lambda a: lines(a, f"GET /downloads/x?key={a.key} HTTP/1.1")),
    "the key as a cookie": (
        401,
        lambda a: lines(a, "GET /downloads/x HTTP/1.1", f"Cookie: key={a.key}"),
    ),
    "a used code": (
        403,
        lambda a: post(a, "/key", body=json.dumps({"code": a.code}), kind="application/json"),
    ),
    "a code as plain text": (
        415,
        lambda a: post(a, "/key", body=json.dumps({"code": a.code}), kind="text/plain"),
    ),
    "a code that is none": (400, lambda a: post(a, "/key", body="[1]", kind="application/json")),
    "a code of half a sign": (
        403,
        lambda a: post(a, "/key", body='{"code": "\\ud800"}', kind="application/json"),
    ),
    "a code without end": (
        413,
        lambda a: post(a, "/key", body="x" * 5000, kind="application/json"),
    ),
    "nested brackets": (400, lambda a: post(a, "/key", body="[" * 1000, kind="application/json")),
    "a file as plain text": (415, lambda a: post(a, kind="text/plain")),
    "a form": (415, lambda a: post(a, kind="multipart/form-data; boundary=x")),
    "traversal": (404, lambda a: lines(a, "GET /../guard.py HTTP/1.1")),
    "hidden traversal": (404, lambda a: lines(a, "GET /%2e%2e/guard.py HTTP/1.1")),
    "traversal with a slash": (404, lambda a: lines(a, "GET /..%2f..%2f..%2fetc/passwd HTTP/1.1")),
    "traversal backwards": (404, lambda a: lines(a, "GET /..%5cguard.py HTTP/1.1")),
    "an absolute path": (404, lambda a: lines(a, "GET //etc/passwd HTTP/1.1")),
    "a preflight": (
        403,
        lambda a: lines(a, "OPTIONS /uploads HTTP/1.1", "Origin: http://evil.example"),
    ),
    "another method": (
        405,
        lambda a: lines(a, "DELETE / HTTP/1.1", f"Origin: {a.origin}", "Content-Length: 0"),
    ),
    "headers without end": (400, lambda a: lines(a, GET, "X: " + "x" * 200_000)),
    "two lengths": (400, lambda a: post(a, "/uploads", "Content-Length: 50")),
    "no HTTP": (400, lambda _: "hello\r\n\r\n"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_question_is_refused(app, what):
    status, ask = HOSTILE[what]
    assert raw(app, ask(app)) == status


def test_there_are_fifteen_of_them():
    assert len(HOSTILE) >= 15


def test_a_body_that_does_not_come_is_not_waited_for(app, monkeypatch):
    monkeypatch.setattr(server, "SLOWEST", 0.5)
    assert raw(app, post(app, body="x").replace("Length: 1", "Length: 1000")) == 413


def test_no_answer_lets_another_page_in(app):
    for method, path, headers in (
        ("GET", "/", {}),
        ("GET", "/downloads/x", {}),
        ("POST", "/key", JSON),
        ("OPTIONS", "/", {"Origin": app.origin}),
    ):
        _, found, _ = app.ask(method, path, "{}" if method == "POST" else None, headers=headers)
        names = {name.lower() for name in found}
        assert not {name for name in names if name.startswith("access-control-")}
        assert "set-cookie" not in names
        assert {name.lower() for name in guard.HEADERS} <= names


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", None, "http://localhost:{port}", "https://{own}"]
)
def test_a_socket_of_another_page_is_refused(app, origin):
    told = origin and origin.format(port=app.port, own=f"127.0.0.1:{app.port}")
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{app.port}/socket", origin=told)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "first",
    [
        '{"key": "wrong"}',
        '{"key": "\\ud800"}',
        '{"key": 1}',
        "{}",
        "[]",
        "key",
        b"bytes",
        "[" * 100_000,
        "a long one",
    ],
)
def test_a_socket_without_the_key_is_closed(app, first):
    if first == "a long one":  # with the key in it, but nobody reads so far
        first = json.dumps({"key": app.key, "more": "x" * 100_000})
    assert closed_with(app, first) == line.NO_KEY


def test_a_socket_that_says_nothing_is_closed(app, monkeypatch):
    monkeypatch.setattr(server, "PATIENCE", 0.5)
    assert closed_with(app) == line.NO_KEY


def closed_with(app, *said):
    """Return the code with which a socket is closed that says this first."""
    address = f"ws://127.0.0.1:{app.port}/socket"
    with connect(address, origin=app.origin, open_timeout=PATIENCE) as wire:
        for first in said:
            wire.send(first)
        with pytest.raises(ConnectionClosed) as closed:
            wire.recv(timeout=PATIENCE)
    return closed.value.rcvd.code


def said(page, message):
    page.line.send(message)
    return page.hear()


def test_a_message_that_is_too_long_closes_the_socket(app):
    with app.page(app.key) as page, pytest.raises(ConnectionClosed):
        said(page, "x" * (MOST_BYTES + 1))


def test_bytes_close_the_socket(app):
    with app.page(app.key) as page, pytest.raises(ConnectionClosed) as closed:
        said(page, b"1")
    assert closed.value.rcvd.code == line.NO_TEXT


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "[]",
        "[" * 100_000,
        '{"id": 1, "do": "flask.set", "with": {"set": {"x": NaN}}}',
        '{"id": 1, "do": "flask.set", "with": {"set": {"x": 1e999}}}',
        '{"id": 1, "do": "flask.set", "with": {"set": {"x": true}}}',
        '{"id": 1, "do": "__class__"}',
        '{"id": 1, "do": "\\ud800"}',
        '{"id": 1, "do": "flask.open", "with": {"protocol": "\\ud800"}}',
        '{"id": 1, "do": "flask.set", "with": {"set": {"\\ud800": 1}}}',
        '{"id": 1, "do": ["flask.open"]}',
        '{"id": 1, "do": "flask.open", "with": []}',
        '{"id": 1, "do": "flask.open", "with": {"recipe": 5}}',
        '{"id": 1, "do": "flask.open", "with": {"session": "x", "recipe": "y"}}',
        '{"id": 1, "do": "flask.open", "with": {"recipe": "../../x"}}',
        '{"drag": "x", "do": "flask.set", "with": {"name": "x", "value": 1}}',
        '{"drag": 1, "do": "flask.open", "with": {"name": "x", "value": 1}}',
        '{"drag": 1, "do": "flask.set", "with": {"name": "x", "value": "1"}}',
        '{"drag": 1, "do": "flask.set", "with": {"name": "x", "value": 1}}',
    ],
)
def test_a_message_that_is_none_is_answered_and_the_page_goes_on(app, message):
    with app.page(app.key) as page:
        assert said(page, message)["error"]["message"]
        assert isinstance(page.answer("jobs.list"), list)


def test_nothing_is_packed_on_the_wire(app):
    """A packed frame costs more than it saves on one machine."""
    with connect(
        f"ws://127.0.0.1:{app.port}/socket", origin=app.origin, compression="deflate"
    ) as wire:
        assert "Sec-WebSocket-Extensions" not in wire.response.headers


def test_a_start_code_is_good_once_and_for_a_minute():
    now = [0.0]
    keys = Keys(lambda: now[0])
    assert keys.exchanged("x") is None
    assert keys.exchanged(keys.code) == keys.key
    assert keys.exchanged(keys.code) is None
    late = Keys(lambda: now[0])
    now[0] = VALID + 0.1
    assert late.exchanged(late.code) is None


def test_keys_are_long_and_told_to_nobody():
    keys, other = Keys(), Keys()
    assert len(keys.key) >= 40
    assert len({keys.key, keys.code, other.key, other.code}) == 4
    assert keys.key not in repr(keys)
    assert keys.code not in repr(keys)


def test_a_file_goes_up_and_its_name_is_ours(app):
    headers = {
        **BYTES,
        "Authorization": f"Bearer {app.key}",
        "X-File-Name": "..%2F..%2Fa%C2%B5.csv",
    }
    status, _, body = app.ask("POST", "/uploads", b"1", headers=headers)
    assert status == 200
    assert len(json.loads(body)["upload"]) >= 12


def test_a_file_is_downloaded_with_the_key_alone(app):
    status, _, body = app.ask(
        "GET", "/downloads/none", headers={"Authorization": f"Bearer {app.key}"}
    )
    assert status == 404
    assert "no longer there" in body.decode()


def test_the_browser_is_led_by_a_file_of_the_user_alone(monkeypatch):
    opened = []
    monkeypatch.setattr(launch.webbrowser, "open", opened.append)
    launch._open("http://127.0.0.1:1/#code=abc")
    path = launch.Path(opened[0].removeprefix("file://"))
    assert "code" not in opened[0]
    assert path.stat().st_mode & 0o777 == 0o600
    assert "#code=abc" in path.read_text()
    path.unlink()


def test_no_packet_waits_for_the_one_before():
    async def no_delay():
        heard = asyncio.get_running_loop().create_future()

        async def come(_, writer):
            accepted = writer.get_extra_info("socket")
            heard.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(come, sock=launch.bound_to(0)) as server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.close()
            return await heard

    with ThreadPoolExecutor(1) as thread:  # a browser may have left a loop in this one
        assert thread.submit(lambda: asyncio.run(no_delay())).result()


def test_a_port_that_is_taken_is_said(app):
    with pytest.raises(launch.InputError, match=f"port {app.port}: address already in use"):
        launch.bound_to(app.port).listen()
