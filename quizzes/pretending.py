"""A pretend screen ("Thử làm") as plain data: its screens, the acts on them, and what is wrong with them.

Pure: no database, no clock. A practice is a list of screens; the first one is where it begins:

    {"name": "Tin nhắn", "say": "…", "parts": [{"part": "button", "label": "Mở", "to": "Trang lạ"}],
     "ending": "" | "good" | "tricked", "signs": ["…"]}

A screen is known by its name (accents and case aside), a part by its place. An act leads on (`to`),
explains (`why`), or both; `wrong` marks a slip, which is always explained. docs/course-package.md
lists the fields of every part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from common.text import ascii_slug, fold

Screen = Mapping[str, Any]
Part = Mapping[str, Any]
Fault = tuple[int, str]  # the place of the screen, or -1 for all of them; what is wrong in Vietnamese

SCREENS, PARTS = (2, 15), 12
GOOD, TRICKED = "good", "tricked"
TAPPED = ("row", "button", "toggle")
TYPED = ("field", "keypad")
DIGITS = 6  # of a keypad that does not say
ANYTHING = "*"  # `accept`: whatever is typed, except what is refused
LEAST_HARD = 4  # digits: below, most of what can be typed is easy
EASY = "dễ đoán"  # `refuse` of a keypad: repeats, runs, dates, as practice.js tells them


def screen_id(name: str) -> str:
    """How screens are found by name: “Trang lạ” and “trang la” are one."""
    return ascii_slug(name)


def squashed(text: str) -> str:
    """Typed text as it is compared: no accents, no case, no spaces. practice.js does the same."""
    return re.sub(r"\s+", "", fold(text))


def acts_of(screens: Sequence[Screen]) -> list[dict[str, Any]]:
    """Everything that can be done, as the choices of a question: [{id, text, correct, feedback, to}].

    Ids are the screen's and the act's number on it. What is typed has two: taken, and not yet.
    """
    acts = []
    for screen in screens:
        found = (one for part in screen.get("parts") or () for one in _acts_on(part))
        acts += [{"id": f"{screen_id(screen['name'])}.{n}", **one} for n, one in enumerate(found, 1)]
    return acts


def _acts_on(part: Part) -> Iterator[dict[str, Any]]:
    if part["part"] in TYPED:
        taken, not_yet = _typed_words(part)
        yield _act(taken, part.get("to"), False, part.get("praise"))
        yield _act(not_yet, "", True, part.get("why"))
        return
    for spot in spots(part):
        yield _act(spot["label"], spot.get("to"), bool(spot.get("wrong")), spot.get("why"))


def _typed_words(part: Part) -> tuple[str, str]:
    """What typing is called in words: what is taken, and what is not."""
    accept, refuse = list(part.get("accept") or ()), list(part.get("refuse") or ())
    taken = f"gõ “{accept[0]}”" if accept and accept[0] != ANYTHING else "gõ"
    not_yet = f"gõ {', '.join(f'“{one}”' for one in refuse[:3])}" if refuse else "gõ khác đi"
    if is_easy_refused(part):
        not_yet = "gõ dãy số dễ đoán"
    return f"{taken} vào ô “{part['label']}”", f"{not_yet} vào ô “{part['label']}”"


def is_easy_refused(part: Part) -> bool:
    return part["part"] == "keypad" and squashed(EASY) in map(squashed, part.get("refuse") or ())


def _act(label: str, to: str | None, wrong: bool, why: str | None) -> dict[str, Any]:
    return {"text": label, "correct": not wrong, "feedback": why or "", "to": screen_id(to or "")}


def spots(part: Part) -> list[Mapping[str, Any]]:
    """What of this part can be tapped; a row or a button that does nothing is only drawn."""
    if part["part"] in TAPPED:
        return [part] if part.get("to") or part.get("why") or part.get("wrong") else []
    if part["part"] == "picture":
        return list(part.get("places") or ())
    return list(part.get("options") or ()) if part["part"] == "choice" else []


def steps_left(screens: Sequence[Screen]) -> dict[str, int]:
    """How many screens are still to come on the shortest way to a good ending, or to any; by id."""
    left = _distances(screens, [s for s in screens if s.get("ending") == GOOD])
    anyhow = _distances(screens, [s for s in screens if s.get("ending")])
    return anyhow | left


def _distances(screens: Sequence[Screen], ends: Sequence[Screen]) -> dict[str, int]:
    into: dict[str, set[str]] = {}
    for source, target in _ways(screens):
        into.setdefault(target, set()).add(source)
    far = {screen_id(screen["name"]): 0 for screen in ends}
    edge = list(far)
    while edge:
        target = edge.pop(0)
        for source in into.get(target, set()) - far.keys():
            far[source] = far[target] + 1
            edge.append(source)
    return far


def _ways(screens: Sequence[Screen]) -> list[tuple[str, str]]:
    return [(act["id"].rpartition(".")[0], act["to"]) for act in acts_of(screens) if act["to"]]


# --- What is wrong -----------------------------------------------------------


def faults(screens: Sequence[Screen]) -> list[Fault]:
    """Why these screens are no practice; nothing when they are one. The first fault of each screen."""
    least, most = SCREENS
    if not least <= len(screens) <= most:
        return [(-1, f"Phần thử làm cần từ {least} đến {most} màn hình, đang có {len(screens)}.")]
    ids = [screen_id(screen["name"]) for screen in screens]
    found = {n: fault for n, screen in enumerate(screens) if (fault := _fault_of(screen, n, ids))}
    if not found:
        found = dict(_faults_of_the_way(screens, ids))
    if not any(screen.get("ending") == GOOD for screen in screens):
        found.setdefault(-1, "Chưa có màn hình nào kết thúc tốt.")
    return sorted(found.items())


def _fault_of(screen: Screen, place: int, ids: Sequence[str]) -> str:
    if not ids[place]:
        return "Tên màn hình cần có chữ hoặc số."
    if ids[place] in ids[:place]:
        return f"Có hai màn hình cùng tên “{screen['name']}”."
    parts = screen.get("parts") or ()
    acts = [act for part in parts for act in _acts_on(part)]
    for fault in (*map(_fault_of_part, parts), *(_fault_of_act(act, ids[place], ids) for act in acts)):
        if fault:
            return fault
    labels = [spot["label"].strip().casefold() for part in parts for spot in spots(part)]
    if len(set(labels)) < len(labels):
        return "Có hai chỗ chạm cùng tên trên một màn hình."
    return _fault_of_end(screen, acts)


def _fault_of_end(screen: Screen, acts: Sequence[Mapping[str, Any]]) -> str:
    if screen.get("ending"):
        if acts:
            return "Màn hình kết thúc thì không có chỗ chạm hay chỗ gõ."
        if screen["ending"] == TRICKED and not screen.get("signs"):
            return "Kết thúc “bị lừa” cần ít nhất một dấu hiệu để lần sau nhận ra."
        return ""
    if not any(act["to"] for act in acts):
        return "Màn hình này không dẫn đi đâu. Hãy thêm chỗ chạm dẫn tới màn hình khác, hoặc đặt là kết thúc."
    return ""


def _fault_of_part(part: Part) -> str:
    if part.get("picture") and not (part.get("alt") or "").strip():
        return "Hình này cần lời tả cho người không thấy hình."
    if part["part"] == "picture" and not part.get("picture"):
        return "Phần hình chưa có hình."
    for spot in part.get("places") or ():
        if spot["left"] + spot["width"] > 100 or spot["top"] + spot["height"] > 100:
            return f"Chỗ chạm “{spot['label']}” nằm ra ngoài hình."
    if part["part"] in TYPED:
        return _fault_of_typed(part)
    return ""


def _fault_of_typed(part: Part) -> str:
    accept = {squashed(one) for one in part.get("accept") or ()} - {""}
    if not accept:
        return f"Ô “{part['label']}” cần ít nhất một cách gõ được chấp nhận."
    if not part.get("to"):
        return f"Ô “{part['label']}” cần màn hình để tới khi gõ được."
    refuse = {squashed(one) for one in part.get("refuse") or ()} - {""}
    if part["part"] == "keypad" and (fault := _fault_of_keypad(part, accept | refuse)):
        return fault
    if accept & refuse:
        return f"Ô “{part['label']}” vừa nhận vừa không nhận cùng một cách gõ."
    return ""


def _fault_of_keypad(part: Part, typed: set[str]) -> str:
    """It judges as soon as so many digits are typed: what is longer or shorter is never typed."""
    digits = part.get("digits") or DIGITS
    if digits < LEAST_HARD and is_easy_refused(part):
        return f"Mã ngắn thì dãy nào cũng dễ đoán: “{EASY}” cần từ {LEAST_HARD} chữ số."
    for one in sorted(typed - {ANYTHING, squashed(EASY)}):
        if not re.fullmatch("[0-9]+", one):
            return f"Bàn phím số “{part['label']}” chỉ nhận chữ số."
        if len(one) != digits:
            return f"Bàn phím số “{part['label']}” gõ đúng {digits} chữ số, nên không gõ được “{one}”."
    return ""


def _fault_of_act(act: Mapping[str, Any], here: str, ids: Sequence[str]) -> str:
    label = act["text"]
    if act["to"] and act["to"] not in ids:
        return f"“{label}” dẫn tới màn hình không có."
    if act["to"] == here:
        return f"“{label}” dẫn về chính màn hình này. Hãy để trống chỗ đến và viết lời giải thích."
    if not act["correct"] and not act["feedback"]:
        return f"“{label}” là việc chưa nên làm nên cần lời giải thích."
    if not act["to"] and not act["feedback"]:
        return f"“{label}” chạm vào không có gì xảy ra. Hãy viết màn hình để tới hoặc lời giải thích."
    return ""


def _faults_of_the_way(screens: Sequence[Screen], ids: Sequence[str]) -> Iterator[Fault]:
    seen, edge = {ids[0]}, [ids[0]]
    ways = _ways(screens)
    while edge:
        here = edge.pop()
        fresh = {target for source, target in ways if source == here} - seen
        seen |= fresh
        edge += fresh
    left = steps_left(screens)
    for n, one in enumerate(ids):
        if one not in seen:
            yield n, "Không có đường nào dẫn tới màn hình này."
        elif one not in left:
            yield n, "Từ màn hình này không đi tới được kết thúc nào."
