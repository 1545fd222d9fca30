"""Makes the n-th write, fsync or rename of a program find the disk full."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

FAULTY = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>
static int left = -1;
static int fails(void) {
    if (left < 0) left = atoi(getenv("FAIL_AT"));
    if (--left) return 0;
    dprintf(2, "FAULT\n");
    errno = ENOSPC;
    return 1;
}
ssize_t write(int f, const void *b, size_t n) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    return f > 2 && fails() ? -1 : real(f, b, n);
}
ssize_t pwrite64(int f, const void *b, size_t n, off_t at) {
    static ssize_t (*real)(int, const void *, size_t, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
    return fails() ? -1 : real(f, b, n, at);
}
ssize_t pwrite(int f, const void *b, size_t n, off_t at) { return pwrite64(f, b, n, at); }
int fsync(int f) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fsync");
    return fails() ? -1 : real(f);
}
int fdatasync(int f) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
    return fails() ? -1 : real(f);
}
int rename(const char *old, const char *new) {
    static int (*real)(const char *, const char *);
    if (!real) real = dlsym(RTLD_NEXT, "rename");
    return fails() ? -1 : real(old, new);
}
"""

MADE = "FAULT"  # in what a program says of errors, when the fault came to pass
can_be_made = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("gcc") is None,
    reason="faults are made by a C library and LD_PRELOAD",
)


def library(folder):
    """Return the library that makes faults, compiled into a folder."""
    (folder / "faulty.c").write_text(FAULTY)
    made = folder / "faulty.so"
    words = ["gcc", "-shared", "-fPIC", "-o", made, folder / "faulty.c", "-ldl"]
    subprocess.run(words, check=True)
    return made


def run(words, library, at):
    """Run a program whose call number ``at`` fails; those on standard streams do not count."""
    more = {"LD_PRELOAD": str(library), "FAIL_AT": str(at), "PYTHONDONTWRITEBYTECODE": "1"}
    environment = os.environ | more
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
