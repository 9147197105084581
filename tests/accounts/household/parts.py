"""`/ai-dang-hoc/`: several people on one sign-in, each under her own name."""

import uuid

from accounts.models import HOUSEHOLD
from tests.make import make_learner

WHO, ADD = "/ai-dang-hoc/", "/ai-dang-hoc/them/"


PIN = "482951"


def choose(client, learner, **more):
    return client.post(WHO, {"learner": str(learner.public_id), **more})


def new(**changed):
    return {
        "uuid": str(uuid.uuid4()),
        "name": "Trần Thị Hoa",
        "birth_year": "1990",
        "group": "citizen",
        "commune": "Xã Phú Thái",
        "commune_code": "10750",
        "commune_for": "Xã Phú Thái",
        "picture": "boat",
        "colour": "plum",
        "consent": "on",
    } | changed


def fill(user, upto=HOUSEHOLD):
    while user.learners.count() < upto:
        make_learner(f"Người {user.learners.count()}", user=user)
