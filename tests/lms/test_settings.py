"""The environment is refused when it makes no sense, and every variable is documented."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
GOOD = {"SECRET_KEY": "x" * 40, "PIN_PEPPER": "y" * 40, "ALLOWED_HOSTS": "example.vn"}


SAY = "print(settings.DEBUG, settings.SECURE_SSL_REDIRECT, settings.SECRET_KEY)"


def start(tmp_path, *, say=SAY, **environment):
    """Start Django in a process of its own, away from any .env file."""
    code = (
        "import environ; environ.FileAwareEnv.read_env = lambda *a, **k: None\n"
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        f"{say}"
    )
    base = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=base | {"DJANGO_SETTINGS_MODULE": "lms.settings", "DATA_DIR": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_start_stops_without_a_required_variable(tmp_path, missing):
    result = start(tmp_path, **{name: value for name, value in GOOD.items() if name != missing})
    assert result.returncode != 0
    assert f"{missing} is not set" in result.stderr


def test_production_is_the_default(tmp_path):
    result = start(tmp_path, **GOOD)
    assert result.stdout.split()[:2] == ["False", "False"], result.stderr


def test_https_site_turns_on_what_https_needs(tmp_path):
    result = start(tmp_path, **GOOD, SITE_URL="https://example.vn")
    assert result.stdout.split()[1] == "True"


def test_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "secret").write_text("z" * 40)
    environment = GOOD | {"SECRET_KEY_FILE": str(tmp_path / "secret")}
    del environment["SECRET_KEY"]
    assert start(tmp_path, **environment).stdout.split()[2] == "z" * 40


def test_nonsense_is_refused(tmp_path):
    assert start(tmp_path, **GOOD, TRUSTED_PROXIES="many").returncode != 0


def test_env_example_lists_every_variable():
    code = "".join((ROOT / path).read_text() for path in ("lms/settings.py", "deploy/gunicorn.conf.py"))
    read = set(re.findall(r"""(?:env\.\w+|environ\.get|required)\(\s*["']([A-Z0-9_]+)["']""", code))
    listed = set(re.findall(r"^#?\s?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read == listed


def test_spaces_between_hosts_do_not_matter(tmp_path):
    hosts = GOOD | {"ALLOWED_HOSTS": "a.vn, b.vn ,"}
    result = start(tmp_path, say="print(settings.ALLOWED_HOSTS)", **hosts)
    assert "['a.vn', 'b.vn']" in result.stdout, result.stderr


def test_a_database_address_that_says_nothing_stops_the_start(tmp_path):
    result = start(tmp_path, **GOOD, DATABASE_URL="garbage")
    assert result.returncode != 0
    assert "DATABASE_URL is not understood" in result.stderr
