"""Sessions in the database; one that ends with the browser also ends on the server, after some hours.

A browser that is asked to forget a cookie at its end says nothing to the server, and phones
seldom end a browser: without this, the session of a borrowed phone lived on for 90 days.
"""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

BROWSER_HOURS = 4  # since it last changed: longer than a class, shorter than an evening and a night


class SessionStore(DatabaseSessions):
    def get_session_cookie_age(self) -> int:
        """Seconds that it lives without an expiry of its own."""
        if self.get("_session_expiry") == 0:
            return BROWSER_HOURS * 3600
        return super().get_session_cookie_age()
