"""What a page has on its desk: its flask, and what it shares with every other page of the key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prenuc.present.app.desk import Desk
    from prenuc.present.app.flask import Flask


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
    flask: Flask | None = None
    frames: list[bytes] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)

    def show(self, frame: bytes) -> None:
        """Send a frame after the answer."""
        self.frames.append(frame)

    def take_frames(self) -> list[bytes]:
        """Return the frames that wait, which then no longer do."""
        waiting, self.frames = self.frames, []
        return waiting
