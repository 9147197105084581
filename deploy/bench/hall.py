"""A village hall behind one router: forty people sign up at once, then forty sign in."""

from __future__ import annotations

import http.cookies
import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from . import machine
from .results import Row, at_least, limit, none_of

PEOPLE, SECONDS = 40, 30
GUESS_MS = 50
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


def rows(seeded: Path) -> Iterator[Row]:
    """Every request comes from 127.0.0.1 and from a browser that was never here."""
    home = json.loads(machine.inside(machine.environment(seeded), "commune"))
    with machine.site(seeded) as port:
        acts = {
            "sign_ups": lambda number: _sign_up(port, number, home),
            "sign_ins": lambda number: _sign_in(port, number),
        }
        for name, act in acts.items():
            began = time.monotonic()
            let_in = _together(act)
            spent = time.monotonic() - began
            yield at_least(f"hall_{name}_let_in", let_in, PEOPLE, "people")
            yield limit(f"hall_{name}_seconds", spent, SECONDS, "s")
    guess, wrong = json.loads(machine.inside(machine.environment(seeded), "hashing"))
    yield at_least("hash_guess_ms", guess, GUESS_MS, "ms")
    yield none_of("hash_verified_under_wrong_pepper", wrong, "PINs")


def _together(act: Callable[[int], bool]) -> int:
    with ThreadPoolExecutor(PEOPLE) as hall:
        return sum(hall.map(act, range(PEOPLE)))


def _sign_up(port: int, number: int, home: dict[str, str]) -> bool:
    fields = {
        "name": "Nguyễn Thị Hội",
        "phone": _phone(number),
        **home,
        "birth_year": "1964",
        "group": "citizen",
        "pin": _pin(number),
        "consent": "on",
    }
    return _post(port, "/dang-ky/", fields)


def _sign_in(port: int, number: int) -> bool:
    return _post(port, "/dang-nhap/", {"login": _phone(number), "password": _pin(number)})


def _phone(number: int) -> str:
    return f"09{88000000 + number}"


def _pin(number: int) -> str:
    return str(352901 + 7 * number)


def _post(port: int, path: str, fields: dict[str, str]) -> bool:
    """As a browser does: the form, then the form filled in. True when it led to a session."""
    _, headers, page = machine.ask(port, "GET", path)
    cookies: http.cookies.SimpleCookie = http.cookies.SimpleCookie()
    for value in headers.get_all("Set-Cookie", []):
        cookies.load(value)
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError(f"{path} shows no form")
    status, headers, _ = machine.ask(
        port,
        "POST",
        path,
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={one.value}" for name, one in cookies.items()),
        },
        urlencode({**fields, "csrfmiddlewaretoken": found[1].decode()}),
    )
    set_now = " ".join(headers.get_all("Set-Cookie", []))
    return status == 302 and "sessionid=" in set_now
