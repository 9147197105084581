"""Somebody who never touches a pointer: Tab, Shift+Tab, Enter, Space and arrows, and every stop is looked at.

What is wrong on her way is gathered in `Hands.wrong`, so that one walk tells all of it.
"""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page

from .test_every_page import violations
from .worker import until

# What is said by live regions that stood on the page before the words came; what comes with its words
# is often not said. Also whether somebody's place on the page is lost (the thing she pressed went away).
HEARD = """
window.heard = [];
const known = new WeakSet();
const LIVE = "[role=status],[role=alert],[role=log],[aria-live=polite],[aria-live=assertive],output";
const rendered = one => one.getClientRects().length > 0;
function meet() { for (const one of document.querySelectorAll(LIVE)) if (rendered(one)) known.add(one); }
new MutationObserver(records => {
  const told = new Set();
  for (const record of records) {
    const at = record.target.nodeType === 1 ? record.target : record.target.parentElement;
    const region = at && at.closest(LIVE);
    if (region && known.has(region)) told.add(region);
    for (const node of record.addedNodes) {
      if (node.nodeType === 1 && node.matches("[role=alert]")) told.add(node);  // said also when it is new
    }
  }
  for (const region of told) window.heard.push(region.textContent.replace(/\\s+/g, " ").trim());
  meet();
}).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
addEventListener("DOMContentLoaded", meet);
"""

# Where the keyboard is, and what can be seen of it.
STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  window.stops ??= [];
  let at = window.stops.indexOf(one);
  const before = at >= 0;
  if (!before) at = window.stops.push(one) - 1;
  const label = one.closest("label");
  const mine = hit => hit && (one.contains(hit) || (label && label.contains(hit)));
  let seen = 0, all = 0, high = 0;
  for (const box of one.getClientRects()) {
    high += box.height;
    for (const x of [.1, .5, .9]) for (const y of [.15, .5, .85]) {
      all++;
      const [left, top] = [box.left + box.width * x, box.top + box.height * y];
      if (left < 0 || top < 0 || left > innerWidth || top > innerHeight) continue;
      if (mine(document.elementFromPoint(left, top))) seen++;
    }
  }
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  let fixed = false;
  for (let up = one; up; up = up.parentElement) fixed ||= /fixed|sticky/.test(getComputedStyle(up).position);
  return {
    at, before, seen: all ? seen / all : 0, high, fixed,
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    main: Boolean(one.closest("main")), top: box.top + scrollY, bottom: box.bottom + scrollY,
    what: `<${one.localName}> ${(one.ariaLabel || one.innerText || one.name).trim().slice(0, 40)}`,
  };
}"""

# Everything that a keyboard must reach, less what it has reached; one stop stands for a group of radios.
UNREACHED = """() => {
  const reached = new Set(window.stops);
  const group = one => one.type === "radio" && `${one.form && one.form.id} ${one.name}`;
  const groups = new Set(window.stops.map(group).filter(Boolean));
  return [...document.querySelectorAll("a[href],button,input,select,textarea,summary,[tabindex='0']")]
    .filter(one => one.tabIndex >= 0 && !one.disabled && one.type !== "hidden" && one.checkVisibility())
    .filter(one => getComputedStyle(one).visibility === "visible" && !one.closest("[inert]"))
    .filter(one => !reached.has(one) && !groups.has(group(one)))
    .map(one => one.outerHTML.slice(0, 120));
}"""

PRESSED = """
  const pressed = "a[href],button,input:not([type=hidden]),select,textarea,summary";
  const all = [...document.querySelectorAll(pressed)].filter(one => one.checkVisibility());
"""
MARK = f"""() => {{{PRESSED}
  all.forEach((one, n) => one.setAttribute("data-nth", n));
  return all.map(one => one.outerHTML.slice(0, 140));
}}"""
# Whether the same things are to be pressed as when it was asked last: a strip drawn anew has another link.
SAME = f"""() => {{{PRESSED}
  const before = window.controls || [];
  window.controls = all;
  return all.length === before.length && all.every((one, n) => one === before[n]);
}}"""
UNMARK = (
    "() => { for (const one of document.querySelectorAll('[data-nth]')) one.removeAttribute('data-nth'); }"
)
PARTS = """() => ({
  h1: [...document.querySelectorAll("h1")].filter(one => one.getClientRects().length).length,
  main: document.querySelectorAll("main").length,
  header: document.querySelectorAll("body > header").length,
  sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  lang: document.documentElement.lang,
})"""
LETTERS = re.compile(r"[^\W\d_][\w-]*")
SIGNED = re.compile(r"[àáảãạăắằẳẵặâấầẩẫậèéẻẽẹêếềểễệìíỉĩịòóỏõọôốồổỗộơớờởỡợùúủũụưứừửữựỳýỷỹỵđ]", re.I)
# Vietnamese without a sign, and names of things; every other unsigned word is somebody's English.
ADDRESS = re.compile(r"\b[\w-]+(?:\.[\w-]+)+\b")  # of a site: a choice of some questions
PLAIN = {"sai", "to", "in", "nam", "tin", "hai", "nghe", "xem", "zalo", "otp", "pin", "wi-fi", "pdf", "qr"}


class Hands:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.last: dict[str, Any] | None = None

    # --- Moving ---------------------------------------------------------------------------------

    def note(self, what: str) -> None:
        path = self.page.url.split("/", 3)[-1].split("#")[0]
        said = f"/{path}: {what}"
        if said not in self.wrong:
            self.wrong.append(said)

    def stop(self) -> dict[str, Any] | None:
        """Where the keyboard is: its ring is there, and no sticky part lies over it."""
        at = self.page.evaluate(STOP)
        if at is None:
            return None
        if not at["ring"]:
            self.note(f"no ring around {at['what']}")
        if at["seen"] < (0.5 if at["high"] < 320 else 0.05):
            self.note(f"only {at['seen']:.0%} to be seen of {at['what']}")
        return dict(at)

    def to(self, target: Locator, *, back: bool = False, most: int = 250) -> None:
        """Tab until the keyboard is on it."""
        target.first.wait_for()
        for _ in range(most):
            if target.first.evaluate("one => one === document.activeElement"):
                self.stop()
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"the keyboard never came to {target} on {self.page.url}")

    def press(self, target: Locator, key: str = "Enter", *, back: bool = False) -> None:
        self.to(target, back=back)
        self.page.keyboard.press(key)

    def choose(self, radio: Locator) -> None:
        """One of a group: Tab to the group, arrows within it, Space where nothing is chosen yet."""
        name = radio.get_attribute("name")
        for _ in range(250):
            if self.page.evaluate("name => document.activeElement.name === name", name):
                break
            self.page.keyboard.press("Tab")
        for _ in range(12):
            if radio.evaluate("one => one === document.activeElement"):
                break
            self.page.keyboard.press("ArrowDown")
        if not radio.is_checked():
            self.page.keyboard.press("Space")
        self.stop()
        assert radio.is_checked()

    def tick(self, box: Locator) -> None:
        self.press(box, "Space")

    def type(self, box: Locator, text: str) -> None:
        self.to(box)
        self.page.keyboard.type(text)

    def hears(self, words: str) -> None:
        """A live region that was there before says so."""
        told = "words => (window.heard || []).some(one => one.includes(words))"
        try:
            until(self.page, lambda: bool(self.page.evaluate(told, words)), seconds=15)
        except AssertionError:
            there = self.page.get_by_text(words).count()
            self.note(
                f"{words!r} is not announced ({there} on the page; heard {self.page.evaluate('heard')})"
            )

    def keeps_place(self, after: str) -> None:
        """What she pressed may go away, the keyboard may not fall back to the page's beginning."""
        self.page.wait_for_timeout(300)
        if self.page.evaluate("document.activeElement === document.body"):
            self.note(f"the keyboard's place is lost after {after}")

    # --- Looking --------------------------------------------------------------------------------

    def round(self) -> None:
        """From wherever she is once around the page: everything is reached, nothing holds her back."""
        self.page.evaluate("window.stops = []")
        last = None
        for _ in range(400):
            self.page.keyboard.press("Tab")
            at = self.stop()
            if at is None:  # the browser's own parts
                last = None
                continue
            if at["before"]:
                if at["at"] == 0:
                    break
                self.note(f"the keyboard goes back to {at['what']}")
                break
            flows = last and at["main"] and last["main"] and not (at["fixed"] or last["fixed"])
            if last and flows and at["bottom"] < last["top"] - 1:
                self.note(f"{at['what']} comes after {last['what']}, and stands above it")
            last = at
        for html in self.page.evaluate(UNREACHED):
            self.note(f"never reached: {html}")

    def tree(self) -> None:
        """What a screen reader gets: everything to be pressed has a role and a Vietnamese name."""
        html = self.page.evaluate(MARK)
        session = self.page.context.new_cdp_session(self.page)
        try:
            session.send("DOM.enable")
            nodes = session.send("DOM.getFlattenedDocument", {"depth": -1})["nodes"]
            found = session.send("Accessibility.getFullAXTree")["nodes"]
        finally:
            session.detach()
            self.page.evaluate(UNMARK)
        said = {one.get("backendDOMNodeId"): one for one in found if not one.get("ignored")}
        for node in nodes:
            names = node.get("attributes", [])
            named = dict(zip(names[::2], names[1::2], strict=True))
            if "data-nth" not in named:
                continue
            html_of = html[int(named["data-nth"])]
            one = said.get(node["backendNodeId"])
            if one is None:
                self.note(f"not in the tree: {html_of}")
                continue
            role, name = one["role"]["value"], one.get("name", {}).get("value", "").strip()
            if role in {"generic", "none"} or not name:
                self.note(f"role {role!r}, name {name!r}: {html_of}")
            elif not SIGNED.search(name) and set(LETTERS.findall(ADDRESS.sub("", name.lower()))) - PLAIN:
                self.note(f"is {name!r} Vietnamese?")

    def look(self, *, around: bool = True) -> None:
        """The page as it stands; again where something came or went meanwhile, as news of the queue do."""
        self.page.wait_for_load_state("networkidle")
        known = list(self.wrong)
        for _ in range(3):
            self.page.evaluate(SAME)
            self.wrong = list(known)
            self._look(around)
            if self.page.evaluate(SAME):
                return

    def _look(self, around: bool) -> None:
        for found in violations(self.page):
            self.note(f"axe: {found}")
        parts = self.page.evaluate(PARTS)
        if (parts["h1"], parts["main"], parts["header"], parts["lang"]) != (1, 1, 1, "vi"):
            self.note(f"headings or landmarks: {parts}")
        if parts["sideways"] > 0:
            self.note(f"scrolls sideways by {parts['sideways']} px")
        self.tree()
        if around:
            self.round()
