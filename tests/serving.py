"""A running application to ask, as a page would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from websockets.sync.client import connect

from prenuc.present.app import launch
from prenuc.present.app.desk import Desk
from prenuc.present.app.frames import unpacked
from prenuc.present.app.guard import Keys

PATIENCE = 120  # s, where others compute, too; what comes sooner is not waited for
COMMAND = "from prenuc.present.cli import main; main()"


@dataclass
class Running:
    """An application, and the key once it was asked for."""

    port: int
    code: str
    key: str = ""

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method, path, body=None, *, headers=None, **more):
        """Return status, headers and body of an answer."""
        usual = {"Origin": self.origin} if method == "POST" else {}
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        given = {**usual, **(headers or {}), **more}
        line.request(method, path, body, {k: v for k, v in given.items() if v is not None})
        answer = line.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        line.close()
        return found

    def exchange(self):
        body = json.dumps({"code": self.code})
        status, _, found = self.ask(
            "POST", "/key", body, headers={"Content-Type": "application/json"}
        )
        assert status == 200, found
        self.key = json.loads(found)["key"]
        return self.key

    @contextmanager
    def page(self, key=None, **more):
        """A socket that has shown its key."""
        given = {"origin": self.origin, "compression": None, "max_size": None}
        given |= {"open_timeout": PATIENCE, "ping_interval": None} | more
        with connect(f"ws://127.0.0.1:{self.port}/socket", **given) as line:
            line.send(json.dumps({"key": key or self.key or self.exchange()}))
            yield Page(line)


class Page:
    """A socket: questions with their answers, and the frames that came in between."""

    def __init__(self, line):
        self.line, self.frames, self.jobs, self.number = line, [], {}, 0
        self.ready = json.loads(line.recv(timeout=PATIENCE))["ready"]

    def hear(self):
        """Return the next text; keep frames and news of jobs."""
        while True:
            heard = self.line.recv(timeout=PATIENCE)
            if isinstance(heard, bytes):
                self.frames.append(unpacked(heard))
                return None
            message = json.loads(heard)
            if "job" not in message:
                return message
            self.jobs[message["job"]["id"]] = message["job"]
            return None

    def ask(self, action, **given):
        self.number += 1
        self.line.send(json.dumps({"id": self.number, "do": action, "with": given}))
        while (message := self.hear()) is None or message.get("id") != self.number:
            pass
        return message

    def answer(self, action, **given):
        message = self.ask(action, **given)
        assert "answer" in message, message
        return message["answer"]

    def drag(self, number, name, value, *, exact=False):
        told = {"drag": number, "do": "flask.set", "with": {"name": name, "value": value}}
        self.line.send(json.dumps({**told, "exact": exact}))

    def frame(self, of="flask", **wanted):
        """Return header and arrays of the next frame of a kind, with these words in its header."""
        while True:
            while self.frames:
                header, arrays = self.frames.pop(0)
                if header["of"] == of and wanted.items() <= header.items():
                    return header, arrays
            message = self.hear()
            assert message is None or "error" not in message, message


@contextmanager
def running_here():
    """An application in this process, with its key: what is patched here holds for it."""
    listening, keys, desk, ready = launch.bound_to(0), Keys(), Desk(), threading.Event()
    serving = launch.server(listening, keys, desk, ready.set)
    thread = threading.Thread(target=serving.run, args=([listening],))
    thread.start()
    try:
        assert ready.wait(PATIENCE)
        found = Running(listening.getsockname()[1], keys.code)
        found.exchange()
        yield found
    finally:
        serving.should_exit = True
        thread.join(PATIENCE)
        desk.jobs.close()
        desk.uploads.close()


@contextmanager
def running(*options):
    """An application in a process of its own."""
    command = [sys.executable, "-c", COMMAND, "app", "--no-browser", "--json", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ})
    try:
        told = json.loads(process.stdout.readline())
        yield Running(told["port"], told["url"].partition("#code=")[2])
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()
