"""Build the engine in C++, fetch what the page draws with; all else stands in pyproject.toml."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.errors import BaseError, CCompilerError, CompileError, LinkError

NATIVE = Path("src/prenuc/simulation/native")
UPLOT = "src/prenuc/present/app/uplot.py"
PARTS = ("baseline", "v3", "room", "reading", "module")
MACROS = [("Py_LIMITED_API", "0x030B0000")]  # one wheel serves Python 3.11 and later
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Werror"]
FLAGS = {
    "unix": ["-std=c++17", "-O3", "-g0", "-fvisibility=hidden", *WARNINGS],
    "mingw32": ["-std=c++17", "-O3", "-g0", *WARNINGS],
    "msvc": ["/std:c++17", "/O2", "/EHsc", "/utf-8", "/W3"],
}
SANITIZED = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
POISON = [("PRENUC_POISON", "1")]  # memory that nobody has set is no number
MISSING = """
prenuc's engine could not be compiled. It needs a C++17 compiler and the headers of Python.
Debian and Ubuntu: apt install g++ python3-dev. Fedora: dnf install gcc-c++ python3-devel.
macOS: xcode-select --install. Windows: the Build Tools for Visual Studio, C++ workload.
What the compiler said stands above.
"""


class BuildEngine(build_ext):
    """Compile with the flags of the compiler at hand, or say what is missing."""

    def build_extensions(self) -> None:
        """Compile every extension."""
        kind = self.compiler.compiler_type
        for extension in self.extensions:
            extension.extra_compile_args = list(FLAGS.get(kind, FLAGS["unix"]))
            if os.environ.get("PRENUC_SANITIZE"):  # for `make check-native`
                extension.extra_compile_args += SANITIZED
                extension.extra_link_args = SANITIZED
                extension.define_macros += POISON
        try:
            super().build_extensions()
        except (OSError, BaseError, CCompilerError, CompileError, LinkError) as error:
            raise SystemExit(f"{error}\n{MISSING}") from error


class BuildPage(build_py):
    """Take along the drawing library of the application's page."""

    def run(self) -> None:
        """Fetch it and build; without it, all but the application works."""
        try:
            runpy.run_path(UPLOT)["fetch"]()
        except OSError as error:
            sys.stderr.write(f"warning: `prenuc app` will have no curves. {error}\n")
        super().run()


setup(
    cmdclass={"build_ext": BuildEngine, "build_py": BuildPage},
    ext_modules=[
        Extension(
            "prenuc.simulation.native._engine",
            sources=[str(NATIVE / f"{part}.cpp") for part in PARTS],
            depends=[str(path) for path in sorted(NATIVE.glob("*.hpp"))],
            define_macros=MACROS,
            language="c++",
            py_limited_api=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
