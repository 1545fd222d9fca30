"""What a page has on its desk: its flask, and what it shares with every other page of the key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.present.app.desk import Desk, Download

if TYPE_CHECKING:
    from prenuc.present.app.flask_session import FlaskSession
    from prenuc.present.app.jobs import Jobs
    from prenuc.present.app.uploads import Given


@dataclass
class Session:
    """One page: what an action is handed.

    Args:
        desk: Files, jobs and downloads, which outlive a reload.
        flask: What the screen Flask shows; None before anything was opened.
        frames: What goes to the page after the answer, oldest first.
        kept: What a screen wants to find again, by the name of the screen.
    """

    desk: Desk
    flask: FlaskSession | None = None
    frames: list[bytes] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def jobs(self) -> Jobs:
        """Long work."""
        return self.desk.jobs

    @property
    def opened(self) -> FlaskSession:
        """The flask that is open.

        Raises:
            InputError: None is.
        """
        if self.flask is None:
            raise InputError("no flask is open", "Open a recipe or a protocol")
        return self.flask

    def read(self, uploads: list[str], **known: Any) -> Given:
        """Return what is in files that were dropped, several as one series.

        Args:
            uploads: Their names of chance.
            known: As for :meth:`prenuc.present.app.uploads.Uploads.read`.

        Raises:
            InputError: They cannot be read; all problems at once.
        """
        return self.desk.uploads.read(uploads, **known)

    def keep(self, name: str, content: bytes, kind: str = "application/octet-stream") -> str:
        """Return the name of chance by which the page can fetch a file.

        Args:
            name: What it will be called.
            content: What is in it.
            kind: Media type.
        """
        return self.desk.offer(Download(name, content, kind))

    def take_frames(self) -> list[bytes]:
        """Return the frames that wait, which then no longer do."""
        waiting, self.frames = self.frames, []
        return waiting
