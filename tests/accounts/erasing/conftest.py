from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import (
    Learner,
)
from campaign.closing import close_days
from campaign.folding import fold
from certificates import rendering
from certificates.models import Paper
from tests.quizzes.make import make_course

from .parts import (
    learn,
    make_hue,
)


@pytest.fixture
def course(db):
    return make_course(lessons=2)


@pytest.fixture
def hue(course) -> Learner:
    found = make_hue()
    learn(found, course)
    browser = Client()
    browser.force_login(found.user)
    browser.get("/hoc-tap/")
    rendering.picture(Paper.objects.get())
    fold()
    close_days()
    return found
