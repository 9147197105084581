"""Who walks the pages: one signed-in browser each, made when first asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cached_property

from playwright.sync_api import Browser, BrowserContext, Page

from .conftest import HERE, ROOT, new_context, sign_in
from .people import COURSE, PIN, choose, learn_all, sign_up, take_test

SECRET = "mat-khau-cua-buoc-hai"
# Run inside the site: pages that only a fault shows, and a sign-in with a second factor.
INSIDE = f"""
import json
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.template.loader import render_to_string
from accounts.models import User
from cms.models import CoursePage, LessonPage
from quizzes.models import Question
user, new = User.objects.get_or_create(email="buoc-hai@demo.invalid", defaults={{"name": "Người Bước Hai"}})
if new:
    user.set_password("{SECRET}")
    user.save()
    TOTP.activate(user, generate_totp_secret())
course = CoursePage.objects.get(slug="{COURSE}")
print(json.dumps({{
    "pages": {{name: render_to_string(f"{{name}}.html") for name in ("400", "429", "500")}},
    "course": course.pk,
    "lesson": LessonPage.objects.child_of(course).first().pk,
    "question": Question.objects.filter(purpose="exam").first().pk,
    "staff": User.objects.get(email="huong-dan@demo.invalid").pk,
}}))
"""


MADE = (HERE / "made_inside.py").read_text()


def run_inside(script: str) -> dict[str, object]:
    """What a script prints last, run by the site's own shell."""
    run = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-v0", "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found: dict[str, object] = json.loads(run.stdout.splitlines()[-1])
    return found


class Cast:
    def __init__(self, browser: Browser, accounts: dict[str, dict[str, str]]) -> None:
        self.browser, self.accounts = browser, accounts
        self.contexts: dict[str, BrowserContext] = {}

    def page(self, role: str) -> Page:
        if role not in self.contexts:
            self.contexts[role] = new_context(self.browser, bypass_csp=True)
            if role in self.accounts:
                page = self.contexts[role].new_page()
                sign_in(page, self.accounts[role])
                page.close()
            elif role in {"fresh", "failed", "finished"}:
                getattr(self, role)
            elif role in {"household", "card"}:
                self._come_in(role)
        return self.contexts[role].new_page()

    def path(self, path: str) -> str:
        """The path with the numbers of what there is in this site."""
        for name in ("serial", "revoked", "failed", "passed"):
            if f"{{{name}}}" in path:
                path = path.replace(f"{{{name}}}", getattr(self, name))
        return path.format(**self.inside) if "{" in path else path

    def _come_in(self, role: str) -> None:
        """Two people of one phone, the first of them learning; or somebody with her card."""
        page = self.contexts[role].new_page()
        if role == "household":
            sign_in(page, {"login": str(self.inside["household"]), "secret": PIN})
            choose(page, "Đỗ Thị Hà")
        else:
            page.goto(str(self.inside["card"]))
            page.get_by_role("button", name="Đúng, vào học").click()
            page.wait_for_url("**/hoc-tap/")
        page.close()

    @cached_property
    def inside(self) -> dict[str, object]:
        return run_inside(INSIDE) | run_inside(MADE)

    def _new(self, role: str, name: str) -> Page:
        if role not in self.contexts:
            self.contexts[role] = new_context(self.browser, bypass_csp=True)
        page = self.contexts[role].new_page()
        sign_up(page, name)
        return page

    @cached_property
    def fresh(self) -> str:
        page = self._new("fresh", "Phạm Thị Mới")
        page.goto(f"/kiem-tra/{COURSE}/")
        page.get_by_role("button", name="Bắt đầu làm bài").click()
        page.locator("form#bai-lam").wait_for()
        page.close()
        return ""

    @cached_property
    def failed(self) -> str:
        page = self._new("failed", "Trần Văn Chưa Đạt")
        take_test(page, wrong=3)
        return self._done(page)

    @cached_property
    def passed(self) -> str:
        page = self._new("finished", "Lê Thị Đã Đạt")
        learn_all(page)
        take_test(page)
        return self._done(page)

    @cached_property
    def finished(self) -> str:
        return self.passed

    @cached_property
    def serial(self) -> str:
        assert self.passed
        page = self.contexts["finished"].new_page()
        page.goto(f"/hoc-tap/{COURSE}/hoan-thanh/")
        found = page.locator("main a[href^='/giay/']").first.get_attribute("href") or ""
        page.close()
        return found.strip("/").split("/")[1]

    @cached_property
    def revoked(self) -> str:
        """A paper of the little demonstration, taken back by the official."""
        page = self.page("official")
        page.goto("/quan-ly/giay/?tinh_trang=con")
        others = page.locator("main a[href^='/quan-ly/giay/']:not([href*='?'])").all()
        paths = [link.get_attribute("href") or "" for link in others]
        serial = next(
            path.split("/")[3] for path in paths if self.serial not in path and path.count("/") == 4
        )
        page.goto(f"/quan-ly/giay/{serial}/thu-hoi/")
        page.locator("textarea[name=reason]").fill("Cấp nhầm người")
        page.locator("input[name=sure]").check()
        page.locator("main form[method=post] button").last.click()
        page.wait_for_url(lambda url: not url.endswith("/thu-hoi/"))
        page.close()
        return serial

    @staticmethod
    def _done(page: Page) -> str:
        path = page.url.split("/", 3)[3]
        page.close()
        return f"/{path}"

    def close(self) -> None:
        for context in self.contexts.values():
            context.close()
