"""`manage.py prepare`, with which `make run` begins: it does again only what changed."""

import pytest
from django.core.management import call_command

from lms.management.commands import prepare
from tests.make import make_learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(monkeypatch, settings, tmp_path):
    """The commands that prepare calls, with static files going to an empty folder."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    names = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: names.append(name))
    monkeypatch.setattr(prepare.folding, "fold", lambda: names.append("fold"))
    return names


def test_everything_a_fresh_site_needs_in_order(called, settings):
    settings.DEMO = False
    call_command("prepare")
    assert called == ["migrate", "collectstatic", "seed", "fold"]


def test_demo_brings_people_and_sign_ins(called, settings):
    settings.DEMO = True
    call_command("prepare")
    assert called == ["migrate", "collectstatic", "seed", "demo", "demo_accounts", "fold"]


def test_demo_people_are_not_made_among_others(called, settings, lan):
    settings.DEMO = True
    make_learner("Trần Thị Hoa")
    call_command("prepare")
    assert "demo" not in called


def test_static_files_are_collected_again_only_when_one_changed(called, settings, monkeypatch):
    settings.DEMO = False
    call_command("prepare")
    call_command("prepare")
    assert called.count("collectstatic") == 1
    monkeypatch.setattr(prepare, "static_digest", lambda: "another")
    call_command("prepare")
    assert called.count("collectstatic") == 2


def test_digest_notices_a_changed_file(tmp_path, settings):
    settings.STATICFILES_DIRS = [tmp_path]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (tmp_path / "a.css").write_text("body{}")
    before = prepare.static_digest()
    assert prepare.static_digest() == before
    (tmp_path / "a.css").write_text("body{color:red}")
    assert prepare.static_digest() != before
