"""No key to a person or a sign-in without somebody who moves, erases and shows what it leads to."""

from __future__ import annotations

import json

import pytest
from django.apps import apps

from accounts import people
from accounts.exporting import collect
from accounts.holdings import FORGETS, GOES, MOVES, OWN, STAYS
from accounts.models import Consent, Learner, User
from courses import progress
from tests.make import make_course


def keys_to_people() -> set[tuple[str, str]]:
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.related_model in (Learner, User) and not field.auto_created:
                found.add((model._meta.label, field.name))
    return found


def test_every_key_to_a_person_is_declared():
    declared = [(holding.model, holding.key) for _, holding in people.holdings()]
    assert keys_to_people() - set(declared) == set(), "declare it: Holding(…) in its room's keeping.py"
    assert set(declared) - keys_to_people() == set(), "declared, but there is no such key"
    assert len(declared) == len(set(declared))


def test_every_declaration_says_what_happens():
    for room, holding in people.holdings():
        handlers = people.rooms()[room]
        assert holding.erase in (GOES, FORGETS, OWN)
        assert holding.merge in (MOVES, STAYS, OWN)
        assert bool(holding.title) != bool(holding.why), f"{holding}: shown to her, or why not"
        assert bool(holding.title) == bool(holding.shows)
        if holding.merge == OWN:
            assert handlers.merge, holding
            assert handlers.unmerge, holding
        if holding.erase == OWN and holding.of_learner:
            assert handlers.erase, holding
        if holding.erase == FORGETS:
            assert holding.table._meta.get_field(holding.key).null, holding


@pytest.mark.django_db
def test_her_copy_holds_what_every_room_keeps_of_her(lan):
    course = make_course(lessons=1)
    progress.finish_lesson(
        actor="user:1", uuid=lan.public_id, learner=lan, item=course.items.get(), asserted_by="client"
    )
    Consent.objects.create(learner=lan, purpose="learning", version=1, channel="online")
    copy = collect(lan)
    (record,) = copy["records"]
    titles = {section["title"]: section["rows"] for section in record["sections"]}
    assert titles["Hồ sơ"][0]["Họ và tên"] == "Nguyễn Thị Lan"
    assert titles["Hồ sơ"][0]["Năm sinh"] == 1964
    assert titles["Cách đăng nhập"][0]["Số điện thoại"] == lan.user.phone
    assert [row["Bài"] for row in titles["Bài đã học xong"]] == ["Bài 1"]
    assert len(titles["Sổ ghi việc học"]) == 3
    assert len(titles["Sự đồng ý"]) == 1
    assert copy["version"] == 1
    assert json.loads(json.dumps(copy)) == copy
    assert lan.user.password not in json.dumps(copy)
