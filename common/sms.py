"""Text messages: how many parts a text costs, and the gateways that carry it.

A gateway is `send(message)`. It returns the carrier's answer, or raises one of
three errors that say what the caller may do next:

- `Refused`: the carrier will never take it (a bad number, a bad key): do not try again;
- `Failed`: it was certainly not sent (no connection, an answer that says no): try again later;
- `Unsure`: it was handed over and no answer came: it may have gone out.
"""

from __future__ import annotations

import http.client
import json
import logging
import math
import os
import re
import ssl
import time
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from .phones import spoken
from .text import unaccented

logger = logging.getLogger(__name__)

# GSM 03.38: one septet each, and those that take two.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWO = frozenset("^{}\\[~]|€")
ANSWER_BYTES = 16 * 1024


class NotSent(Exception):
    """The message did not go out, or nobody knows; the text names no person."""


class Refused(NotSent):
    pass


class Failed(NotSent):
    pass


class Unsure(NotSent):
    pass


class BadSettings(Exception):
    """The `SMS_*` settings do not describe a gateway; the text says which."""


@dataclass(frozen=True)
class Sms:
    """One text for one number (`+84912345678`). The carrier may drop a `reference` seen before."""

    to: str
    text: str
    reference: str


class Gateway(Protocol):
    name: str

    def send(self, message: Sms) -> str:
        """Hand the text over; returns what the carrier answered. Raises NotSent."""


def parts(text: str) -> int:
    """How many messages a carrier bills: 160 (or 153 each) GSM-7 septets, else 70 (67) UTF-16 units."""
    if all(c in _GSM or c in _GSM_TWO for c in text):
        size, one, many = sum(2 if c in _GSM_TWO else 1 for c in text), 160, 153
    else:
        size, one, many = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if size <= one else math.ceil(size / many)


def cheapest(text: str) -> str:
    """Without accents where that halves the price, as people know it from their bank; else as it is."""
    plain = unaccented(text)
    return plain if parts(plain) * 2 <= parts(text) else text


@dataclass
class Console:
    """For trying the site out: the text appears in the log of the process."""

    name: str = "console"

    def send(self, message: Sms) -> str:
        logger.warning("SMS to %s: %s", message.to, message.text)
        return "console"


@dataclass
class Folder:
    """For trying out and for tests: a file a message, readable by its owner only."""

    path: Path
    name: str = "file"

    def send(self, message: Sms) -> str:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            target = self.path / f"{time.time_ns()}-{message.reference}.json"
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"to": message.to, "text": message.text}, file, ensure_ascii=False)
        except OSError as error:
            raise Failed(f"cannot write: {error.strerror}") from error
        return target.name


@dataclass
class Http:
    """Any carrier with an HTTPS interface, described by settings alone.

    `body` is a JSON object; `{to}` (+84912345678), `{digits}` (84912345678),
    `{local}` (0912345678), `{text}` and `{reference}` are put into its texts.
    It goes out as JSON, as a form, or (for GET) behind the address. `success`
    is looked for in the answer; without it any 2xx is a yes.
    """

    url: str
    body: Mapping[str, Any]
    method: str = "POST"
    form: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    success: str = ""
    timeout: float = 10
    ca_file: str = ""
    name: str = "http"

    def __post_init__(self) -> None:
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme != "https" or not parts.hostname:
            raise BadSettings("SMS_URL must be an https address.")
        if self.method not in {"GET", "POST", "PUT"}:
            raise BadSettings("SMS_METHOD must be GET, POST or PUT.")
        if not isinstance(self.body, Mapping) or "{text}" not in json.dumps(self.body):
            raise BadSettings("SMS_BODY must be a JSON object with {text} in it.")
        try:
            re.compile(self.success)
        except re.error as error:
            raise BadSettings(f"SMS_SUCCESS is no regular expression: {error}") from error

    def send(self, message: Sms) -> str:
        """One request: no redirect is followed, and at most 16 KB of the answer are read."""
        target, body, headers = self._request(message)
        host = urllib.parse.urlsplit(self.url)
        context = ssl.create_default_context(cafile=self.ca_file or None)
        connection = http.client.HTTPSConnection(
            host.hostname or "", host.port or 443, timeout=self.timeout, context=context
        )
        try:
            try:
                connection.connect()
            except (OSError, http.client.HTTPException) as error:
                raise Failed(f"no connection: {type(error).__name__}") from error
            try:
                connection.request(self.method, target, body, headers)
                response = connection.getresponse()
                answer = self._read(connection, response)
            except (OSError, http.client.HTTPException) as error:
                raise Unsure(f"no answer: {type(error).__name__}") from error
        finally:
            connection.close()
        return self._judge(response.status, answer)

    def _request(self, message: Sms) -> tuple[str, bytes | None, dict[str, str]]:
        filled = _fill(
            self.body,
            {
                "{to}": message.to,
                "{digits}": message.to.removeprefix("+"),
                "{local}": spoken(message.to).replace(" ", ""),
                "{text}": message.text,
                "{reference}": message.reference,
            },
        )
        address = urllib.parse.urlsplit(self.url)
        target = urllib.parse.urlunsplit(("", "", address.path or "/", address.query, ""))
        headers = {"Accept": "application/json", "User-Agent": "hoc-vu-so", **self.headers}
        if self.method == "GET":
            return f"{target}{'&' if address.query else '?'}{urllib.parse.urlencode(filled)}", None, headers
        if self.form:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
            return target, urllib.parse.urlencode(filled).encode(), headers
        headers.setdefault("Content-Type", "application/json")
        return target, json.dumps(filled, ensure_ascii=False).encode(), headers

    def _read(self, connection: http.client.HTTPSConnection, response: http.client.HTTPResponse) -> str:
        """The start of the answer, within the timeout as a whole and not a byte at a time."""
        until = time.monotonic() + self.timeout
        answer = b""
        while len(answer) < ANSWER_BYTES and time.monotonic() < until:
            if connection.sock:
                connection.sock.settimeout(max(until - time.monotonic(), 0.01))
            piece = response.read1(ANSWER_BYTES - len(answer))
            if not piece:
                break
            answer += piece
        return answer.decode("utf-8", "replace")

    def _judge(self, status: int, answer: str) -> str:
        if status in {408, 425, 429} or status >= 500:
            raise Failed(f"status {status}")
        if not 200 <= status < 300:
            raise Refused(f"status {status}")
        if self.success and not re.search(self.success, answer):
            raise Failed("the answer is not the one that SMS_SUCCESS describes")
        return f"status {status}"


def _fill(value: Any, words: Mapping[str, str]) -> Any:
    """The template with its placeholders replaced, in one pass: what is put in is not looked at again."""
    if isinstance(value, str):
        return re.sub("|".join(map(re.escape, words)), lambda found: words[found[0]], value)
    if isinstance(value, Mapping):
        return {key: _fill(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [_fill(one, words) for one in value]
    return value


def gateway(settings: Mapping[str, Any]) -> Gateway | None:
    """The gateway that the settings (`settings.SMS`) describe, or None. Raises BadSettings."""
    kinds: dict[str, Callable[[], Gateway]] = {
        "console": Console,
        "file": lambda: Folder(Path(settings["FOLDER"])),
        "http": lambda: Http(
            url=settings["URL"],
            body=_object(settings["BODY"], "SMS_BODY"),
            method=settings["METHOD"].upper(),
            form=settings["FORM"],
            headers=_object(settings["HEADERS"] or "{}", "SMS_HEADERS"),
            success=settings["SUCCESS"],
            timeout=settings["TIMEOUT"],
            ca_file=settings["CA_FILE"],
        ),
    }
    kind = settings["GATEWAY"]
    if not kind:
        return None
    if kind not in kinds:
        raise BadSettings("SMS_GATEWAY must be empty, console, file or http.")
    return kinds[kind]()


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadSettings(f"{name} must be a JSON object.")
    return found
