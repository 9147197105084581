"""Trying one change: in a fork of a process that has loaded the site, else in a fresh one."""

from __future__ import annotations

import ast
import gc
import importlib
import importlib.machinery
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
import types
from pathlib import Path
from typing import TextIO

from .operators import Site, compiled, sites

PYTEST = [
    "-x",
    "-q",
    "--reuse-db",
    "-p",
    "no:randomly",
    "-p",
    "no:cacheprovider",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
]
SECONDS = 60  # a change that makes a loop endless is noticed by the clock
CANNOT = 77  # a closure that the change reshapes: only a fresh process can take it
BROKEN = 78  # the runner's own mistake, not a test's
NO_TESTS = 5  # pytest's own code


def load_site() -> None:
    """Import everything once, without touching the database."""
    import django
    import pytest  # noqa: F401  settings look for it

    sys.path.insert(0, str(Path.cwd()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    django.setup()
    for name in ("django.test.client", "hypothesis", "pytest_django.plugin", "lms.urls"):
        importlib.import_module(name)  # with the addresses every view
    keep_database()
    gc.freeze()


def one(path: str, tree: ast.Module, places: list[Site], number: int, tests: list[str]) -> str:
    """killed, survived, or "not reached" when no test comes by."""
    if not tests:
        return "not reached"
    site = places[number]
    code = _forked(path, tree, site, tests) if site.hot else CANNOT
    if code == CANNOT:
        code = _fresh(path, number, tests)
    if code == 0:
        return "survived"
    if code in {BROKEN, NO_TESTS}:
        sys.exit(f"could not try {path}:{site.node.lineno} {site.says} with {tests[:3]}: {code}")
    return "killed"


def check(path: str, tree: ast.Module, tests: list[str]) -> None:
    """With nothing changed the tests pass in a fork: else every change would look noticed."""
    if tests and (code := _forked(path, tree, None, tests)):
        sys.exit(f"{path}: its tests end with {code} in a fork although nothing was changed")


def _forked(path: str, tree: ast.Module, site: Site | None, tests: list[str]) -> int:
    child = os.fork()
    if child == 0:
        code = BROKEN
        said = _quiet()
        try:
            code = _change(path, tree, site) if site else 0
            if code == 0:
                import pytest

                code = int(pytest.main([*tests, *PYTEST]))
        except BaseException:
            traceback.print_exc(file=said)
        finally:
            said.flush()
            os._exit(code)
    return _wait(child)


def _wait(child: int) -> int:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    _restore_database()
    return 1


def _database() -> Path | None:
    """The file of the test database, where it is one."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    return Path(database["TEST"]["NAME"]) if database["ENGINE"].endswith("sqlite3") else None


def keep_database() -> None:
    """Copy the test database as it is between tests: whoever is killed cannot tidy up."""
    file = _database()
    if file and file.is_file():
        shutil.copy(file, file.with_suffix(".kept"))


def _restore_database() -> None:
    file = _database()
    if file and file.with_suffix(".kept").is_file():
        for beside in ("-wal", "-shm"):
            file.with_name(file.name + beside).unlink(missing_ok=True)
        shutil.copy(file.with_suffix(".kept"), file)


def _quiet() -> TextIO:
    """Send what the tests say nowhere; what the runner itself says goes where errors went."""
    errors = os.fdopen(os.dup(2), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return errors


def _change(path: str, tree: ast.Module, site: Site) -> int:
    """Give the live functions of the module the code they would have had."""
    file = str(Path(path).resolve())
    importlib.import_module(path.removesuffix(".py").replace("/", "."))
    before, after = _functions(compile(tree, file, "exec")), _functions(compiled(tree, site, file))
    changed = {key for key, code in after.items() if before.get(key) != code}
    taken = False
    gc.unfreeze()
    live = [one for one in gc.get_objects() if type(one) is types.FunctionType]  # no lazy object is woken
    for function in live:
        code = function.__code__
        if code.co_filename == file and (key := (code.co_qualname, code.co_firstlineno)) in changed:
            try:
                function.__code__ = after[key]
            except ValueError:
                return CANNOT
            taken = True
    return 0 if taken else CANNOT


def _functions(code: types.CodeType) -> dict[tuple[str, int], types.CodeType]:
    found = {}
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            found[part.co_qualname, part.co_firstlineno] = part
            found |= _functions(part)
    return found


def _fresh(path: str, number: int, tests: list[str]) -> int:
    command = [sys.executable, "-m", "deploy.mutation.trying", path, str(number), *tests]
    try:
        return subprocess.run(command, capture_output=True, timeout=SECONDS * 2).returncode
    except subprocess.TimeoutExpired:
        _restore_database()
        return 1


def main(path: str, number: int, tests: list[str]) -> int:
    """Run the tests with the module changed as it is imported."""
    import pytest

    file = str(Path(path).resolve())
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    code = compiled(tree, sites(tree)[number], file)
    as_it_is = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, name: str) -> types.CodeType | None:
        return code if self.path == file else as_it_is(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    return int(pytest.main([*tests, *PYTEST]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
