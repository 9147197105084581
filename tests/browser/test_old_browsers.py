"""Every feature that our scripts and styles use is there in Chromium 100, and none makes code of words."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .conftest import HERE, ROOT

BIN = HERE / "node_modules" / ".bin"


def eslint(*files: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [BIN / "eslint", "--no-warn-ignored", "--config", HERE / "eslint.config.mjs", *files]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def stylelint(*files: str | Path) -> subprocess.CompletedProcess[str]:
    command = [BIN / "stylelint", "--config", HERE / "stylelint.config.mjs", *files]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def ours(end: str) -> list[str]:
    asked = ["git", "ls-files", f"*/static/*.{end}"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def test_scripts_use_what_chromium_100_has():
    scripts = ours("js")
    assert len(scripts) > 20
    done = eslint(*scripts)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('eval("1");', "no-eval"),
        ('new Function("return 1")();', "no-new-func"),
        ('setTimeout("go()", 1);', "no-implied-eval"),
        ("[2, 1].toSorted();", "es-x/no-array-prototype-tosorted"),
        ("Object.groupBy([1], String);", "es-x/no-object-groupby"),
        ('navigation.navigate("/");', "compat/compat"),
    ],
)
def test_a_script_that_would_not_is_told(tmp_path, line, rule):
    (tmp_path / "new.js").write_text(f"{line}\n")
    done = eslint("new.js", cwd=tmp_path)
    assert done.returncode == 1
    assert rule in done.stdout, done.stdout + done.stderr


def test_styles_use_what_chromium_100_has():
    styles = ours("css")
    assert len(styles) >= 4
    done = stylelint(*styles)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_style_that_would_not_is_told(tmp_path):
    (tmp_path / "new.css").write_text("label:has(:checked) { color: red; }\n")
    done = stylelint(tmp_path / "new.css")
    assert done.returncode != 0
    assert "css-has" in done.stdout + done.stderr
