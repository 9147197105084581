"""Every page of ours: axe finds nothing at 360×640 and at 200 % text, and its HTML validates."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from .conftest import BASE_URL, DESK, HERE, PHONE, new_context, sign_in
from .pages import LEARNER, OFFICIAL, PUBLIC

AXE = (HERE / "node_modules" / "axe-core" / "axe.min.js").read_text()
VNU = HERE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ROLES = [("public", PUBLIC), ("learner", LEARNER), ("official", OFFICIAL)]
WALK = [pytest.param(role, path, id=f"{role} {path}") for role, paths in ROLES for path in paths]
VIEWS = {"phone": (PHONE, 1), "large text": (PHONE, 2), "desk": (DESK, 1)}


@pytest.fixture(scope="module")
def contexts(browser, accounts):
    """One signed-in context a role, so that a walk signs in once."""
    found: dict[str, BrowserContext] = {}
    for role in ("public", "learner", "official"):
        found[role] = new_context(browser, bypass_csp=True)
        if role != "public":
            page = found[role].new_page()
            sign_in(page, accounts[role])
            page.close()
    yield found
    for context in found.values():
        context.close()


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)[
        "violations"
    ]
    return [
        f"{v['id']}: {node['html'][:160]} — {node['failureSummary'][:200]}"
        for v in found
        for node in v["nodes"]
    ]


@pytest.mark.parametrize(("role", "path"), WALK)
def test_axe_finds_nothing(contexts, role, path):
    page = contexts[role].new_page()
    for name, (size, zoom) in VIEWS.items():
        page.set_viewport_size(size)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if zoom != 1:
            page.evaluate("zoom => { document.documentElement.style.fontSize = `${19 * zoom}px` }", zoom)
        assert violations(page) == [], name
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sideways <= 0, f"{name}: scrolls sideways by {sideways} px"
    page.close()


def test_html_validates(contexts, tmp_path: Path):
    """All pages in one run of the Nu checker, which takes seconds to start."""
    names = {}
    for number, (role, path) in enumerate(walk.values for walk in WALK):
        response = contexts[role].request.get(path)
        assert response.status < 500, path
        file = tmp_path / f"{number:03}.html"
        file.write_bytes(response.body())
        names[file.name] = path
    run = subprocess.run(
        [
            "java",
            "-Xss2m",
            "-jar",
            VNU,
            "--format",
            "json",
            "--exit-zero-always",
            *sorted(tmp_path.glob("*.html")),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    errors = [
        f"{names[Path(message['url']).name]}:{message.get('lastLine')}: {message['message']}"
        for message in json.loads(run.stderr)["messages"]
        if message["type"] == "error"
    ]
    assert errors == []


@pytest.mark.parametrize(("role", "path"), WALK)
def test_nothing_comes_from_elsewhere(contexts, role, path):
    page = contexts[role].new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.close()
    assert [url for url in asked if not url.startswith((BASE_URL, "data:"))] == []
