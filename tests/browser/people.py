"""Signing up and answering tests as a person does, with or without script."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable
from functools import cache

import yaml
from playwright.sync_api import Locator, Page, expect

from .conftest import ROOT

numbers = itertools.count(int(os.environ.get("FIRST_PHONE", "1000000")))
PIN = "835271"
COURSE = "an-toan-tren-mang"
FOLDER = "kns04"


@cache
def key(folder: str) -> dict[str, set[str]]:
    """The right choices of a course's final test, by the question's words."""
    bank = yaml.safe_load((ROOT / "content" / folder / "questions" / "final.yaml").read_text())
    return {
        words(question["text"]): {
            words(choice["text"]) for choice in question["choices"] if choice.get("correct")
        }
        for question in bank
    }


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def fill_sign_up(page: Page, name: str) -> str:
    """Fill all that a learner types but the commune; returns her phone number."""
    phone = f"09 8{next(numbers)}"
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=phone]").fill(phone)
    page.locator("input[name=birth_year]").fill("1964")
    page.locator("input[name=group][value=citizen]").check()
    page.locator("input[name=pin]").fill(PIN)
    page.locator("input[type=checkbox][name=consent]").check()
    return phone


def sign_up(page: Page, name: str = "Nguyễn Thị Lan") -> str:
    """Sign up from the poster of Phú Thái; ends signed in, past the skippable page."""
    page.goto("/dang-ky/?xa=10750")
    phone = fill_sign_up(page, name)
    page.locator("main form[method=post] button:not([type=button])").last.click()
    page.wait_for_url(re.compile("/dang-ky/them/|/hoc-tap/|/khoa-hoc/"))
    return phone


def choose(page: Page, name: str) -> None:
    """Say who is learning, on a phone that several share."""
    page.goto("/ai-dang-hoc/")
    page.locator("main .people button", has_text=name).click()
    page.wait_for_url(lambda url: "/ai-dang-hoc/" not in url)


def answer_test(page: Page, folder: str, *, wrong: int = 0) -> None:
    """Answer every drawn question from the key, the first `wrong` ones wrongly."""
    for number, question in enumerate(page.locator("fieldset.question").all()):
        text = words(question.locator("legend").inner_text())
        right = next(choices for asked, choices in key(folder).items() if text.endswith(asked))
        for choice in question.locator("label.choice").all():
            is_right = words(choice.inner_text()) in right
            if is_right != (number < wrong):
                choice.locator("input").check()
                if number < wrong:
                    break
    expect(page.locator("fieldset.question").first).to_be_visible()


def answer_right(questions: Iterable[Locator], folder: str = FOLDER) -> None:
    """Answer these questions of a begun test from the key, whatever becomes of the answers."""
    for question in questions:
        right = key(folder)[words(question.locator("legend").inner_text().split("\n", 1)[1])]
        for choice in question.locator("label.choice").all():
            if words(choice.inner_text()) in right:
                choice.click()


def hand_in_without_network(page: Page, *, after: int = 0) -> None:
    """Answer what follows the first `after` questions, and hand in, while there is no network."""
    answer_right(page.locator("fieldset.question").all()[after:])
    expect(page.locator("[data-saved]").last).to_contain_text("Đã lưu trên máy. Chưa có mạng")
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.locator("#tinh-hinh")).to_contain_text("Bạn đã nộp bài trên máy này")


def judged_once_there_is_network(page: Page) -> None:
    page.context.set_offline(False)
    page.wait_for_url(re.compile("/ket-qua/"))
    expect(page.locator("main")).to_contain_text("10 trong 10")


def learn_all(page: Page) -> None:
    """Every lesson by its main button, until the last leads to the test."""
    page.goto(f"/khoa-hoc/{COURSE}/")
    page.locator(f"main a[href^='/khoa-hoc/{COURSE}/']").first.click()
    for _ in range(5):
        page.wait_for_url(re.compile(f"/khoa-hoc/{COURSE}/[^/]+/$"))
        here = page.url
        page.get_by_role("link", name="Tôi đã hiểu, đi tiếp").click()
        page.wait_for_url(lambda url, here=here: url != here)
        if page.url.endswith("/xong/"):
            page.get_by_role("button", name="Ghi lại và đi tiếp").click()
        page.wait_for_url(lambda url, here=here: url != here and not url.endswith("/xong/"))


def take_test(page: Page, *, wrong: int = 0) -> None:
    page.goto(f"/kiem-tra/{COURSE}/")
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    page.locator("form#bai-lam").wait_for()
    answer_test(page, FOLDER, wrong=wrong)
    page.get_by_role("button", name=re.compile("^Nộp bài")).click()
    page.wait_for_url(re.compile("/ket-qua/"))
