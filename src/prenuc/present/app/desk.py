"""What belongs to the application and not to a page: files that came and go, and jobs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from prenuc.errors import InputError
from prenuc.present.app.jobs import Jobs
from prenuc.present.app.uploads import Uploads

MOST_DOWNLOADS = 50  # files that wait to be fetched; the oldest goes


@dataclass(frozen=True)
class Download:
    """A file for the user to keep.

    Args:
        name: What it will be called.
        content: What is in it.
        kind: Media type.
    """

    name: str
    content: bytes
    kind: str = "application/octet-stream"


@dataclass
class Desk:
    """Everything that a reload of the page does not lose.

    Args:
        jobs: Long work.
        uploads: Files that were dropped.
        downloads: Files that wait to be fetched, by their names of chance.
    """

    jobs: Jobs = field(default_factory=Jobs)
    uploads: Uploads = field(default_factory=Uploads)
    downloads: dict[str, Download] = field(default_factory=dict)

    def offer(self, download: Download) -> str:
        """Return the name by which a file can be fetched."""
        name = secrets.token_urlsafe(12)
        self.downloads[name] = download
        while len(self.downloads) > MOST_DOWNLOADS:
            self.downloads.pop(next(iter(self.downloads)))
        return name

    def download(self, name: str) -> Download:
        """Return a file.

        Raises:
            InputError: There is none of that name (any longer).
        """
        if name not in self.downloads:
            raise InputError("this file is no longer there", "Export it again")
        return self.downloads[name]
