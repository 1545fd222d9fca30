"""Processes that work for another one, and end with it.

A worker of :mod:`concurrent.futures` waits for ever for a parent that was killed, and keeps its
memory; so every worker of ours watches whether the parent is still there.
"""

from __future__ import annotations

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """Let this process end as soon as the one that began it is gone; call it in a worker."""
    parent = multiprocessing.parent_process()
    if parent is None:  # nobody's worker
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
