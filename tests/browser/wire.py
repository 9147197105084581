"""What lies between a phone and the site, so that tests can count, break and lose."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class Wire:
    """Counts every byte of every answer; may hand out another worker, answer 500 to everything, or lose the
    answer to a sending of the queue after the site gave it.
    """

    def __init__(self, base_url: str) -> None:
        self.sent = 0
        self.worker = ""  # what /sw.js answers instead
        self.trouble = False
        self.cut = False  # nothing comes through
        self.plain = False  # as where there is no HTTPS: a browser asks this machine alone for brotli then
        self.room: int | None = None  # after so many more bytes of answers it is cut, in the middle of a file
        self.lose = 0  # of the next sendings
        self.deaf_to = b"-"  # how requests begin whose answers are lost
        self.sendings = 0
        self._deaf: set[socket.socket] = set()
        self._lock = threading.Lock()
        to = urlsplit(base_url)
        self.site = (to.hostname, to.port)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        while True:
            try:
                phone, _ = self.door.accept()
            except OSError:
                return
            try:
                site = socket.create_connection(self.site)
            except OSError:  # a site that restarts: this one is refused, not all that follow
                phone.close()
                continue
            threading.Thread(target=self._up, args=(phone, site), daemon=True).start()
            threading.Thread(target=self._down, args=(site, phone), daemon=True).start()

    def _up(self, phone: socket.socket, site: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := phone.recv(65536):
                if self.cut:
                    phone.shutdown(socket.SHUT_RDWR)
                    return
                if self.plain:
                    data = data.replace(b", br, zstd\r\n", b"\r\n").replace(b", br\r\n", b"\r\n")
                if data.startswith(b"POST /api/v1/queue/ "):
                    self.sendings += 1
                    if self.lose:
                        self.lose -= 1
                        self._deaf.add(site)
                if data.startswith(self.deaf_to):
                    self._deaf.add(site)
                if self.trouble:
                    if data.startswith((b"GET ", b"POST ")):  # what follows is its body
                        phone.sendall(_answer("500 Internal Server Error", "text/html", "<h1>500</h1>"))
                elif self.worker and data.startswith(b"GET /sw.js "):
                    phone.sendall(_answer("200 OK", "text/javascript", self.worker))
                else:
                    site.sendall(data)
            site.shutdown(socket.SHUT_WR)

    def _down(self, site: socket.socket, phone: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := site.recv(65536):
                if site in self._deaf:  # the site did it, and the phone never hears of it
                    phone.shutdown(socket.SHUT_RDWR)
                    return
                phone.sendall(self._counted(data))
                if self.cut:
                    phone.shutdown(socket.SHUT_RDWR)
                    return
            phone.shutdown(socket.SHUT_WR)

    def _counted(self, data: bytes) -> bytes:
        """As much of it as there is room for."""
        with self._lock:
            if self.room is not None:
                data = data[: self.room]
                self.room -= len(data)
                self.cut = self.cut or self.room == 0
            self.sent += len(data)
        return data

    def close(self) -> None:
        self.door.close()


def _answer(status: str, kind: str, text: str) -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nCache-Control: no-cache"
    )
    return f"{head}\r\n\r\n".encode() + body
