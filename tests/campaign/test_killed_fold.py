"""A drainer killed 20 times with kill -9, while facts keep coming in: nothing lost, nothing doubled."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time

import pytest
from django.db import connection

from campaign import folding
from campaign.folding import fold
from campaign.models import Delta
from campaign.verifying import verify
from ledger import draining, kinds
from ledger.models import Fact, Pending
from tests.make import make_commune

from .ledger_maker import at, kept, make_fact, noon, undo

KILLS = 20
FACTS = 600
fork = multiprocessing.get_context("fork")
LEARNING = [kinds.REGISTERED, kinds.LESSON_DONE, kinds.COURSE_STARTED, kinds.COURSE_COMPLETED]


def write_facts(seed: int, places: list, written) -> None:
    """A busy site: facts of 40 people, some late, some retracted, in no hurry."""
    chance = random.Random(seed)
    facts: list[Fact] = []
    for number in range(FACTS):
        if facts and chance.random() < 0.15:
            undo(facts.pop(chance.randrange(len(facts))), recorded=5)
        else:
            on = chance.randrange(5)
            kind, person, place = chance.choice(LEARNING), chance.randrange(40), chance.choice(places)
            item = str(number)
            facts.append(make_fact(kind, person, place, on=on, recorded=5, course="A", item=item))
        written.value += 1
    os._exit(0)


def fold_for_ever() -> None:
    """Small batches, and a pause between the writing and the commit for the kill to fall into."""
    write = folding.write

    def slowly(batch: draining.Batch) -> None:
        write(batch)
        time.sleep(0.01)

    with at(noon(5)):
        while True:
            draining.drain("campaign", slowly, batch=7, alone=True)
            time.sleep(0.005)


def start(target, *args):
    connection.close()  # a forked connection must not be shared
    process = fork.Process(target=target, args=args, daemon=True)
    process.start()
    return process


@pytest.mark.django_db(transaction=True)
def test_killed_twenty_times_under_load():
    chance = random.Random(20)
    places = [make_commune(), make_commune("10888", "Xã Cẩm Giang")]
    written = fork.Value("i", 0)
    writer = start(write_facts, 3, places, written)
    half_way = 0
    for _ in range(KILLS):
        drainer = start(fold_for_ever)
        time.sleep(chance.uniform(0.05, 0.3))
        os.kill(drainer.pid, signal.SIGKILL)
        drainer.join()
        half_way += written.value < FACTS or Pending.objects.exists()
    writer.join(60)
    assert writer.exitcode == 0
    assert half_way > KILLS // 2, "the kills must fall into the work"
    with at(noon(5)):
        fold()
    run, verdict = verify()
    assert verdict.lines == []
    assert run.difference == 0
    lessons = Fact.objects.filter(kind=kinds.LESSON_DONE, undone_by=None).count()
    assert sum(value for key, value in kept().items() if key[0] == "lessons" and key[3] == "31") == lessons
    assert Fact.objects.count() == FACTS
    assert not Pending.objects.filter(reader="campaign").exists()
    assert Delta.objects.exists()
