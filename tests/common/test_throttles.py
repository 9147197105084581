import multiprocessing
import threading

import pytest
from django.core.cache import caches

from common import throttles
from common.caches import CountingFileCache


def test_counts_within_the_window():
    assert throttles.count("k", seconds=60) == 0
    assert [throttles.hit("k", seconds=3600) for _ in range(3)] == [1, 2, 3]
    assert throttles.count("k", seconds=3600) == 3
    assert throttles.count("other", seconds=3600) == 0


def test_allowed_until_the_limit():
    assert [throttles.allowed("k", limit=2, seconds=3600) for _ in range(3)] == [True, True, False]


def test_a_new_window_starts_from_zero(monkeypatch):
    monkeypatch.setattr(throttles.time, "time", lambda: 600.0)
    throttles.hit("k", seconds=60)
    assert throttles.wait(60) == 60
    monkeypatch.setattr(throttles.time, "time", lambda: 659.0)
    assert throttles.hit("k", seconds=60) == 2
    assert throttles.wait(60) == 1
    monkeypatch.setattr(throttles.time, "time", lambda: 660.0)
    assert throttles.hit("k", seconds=60) == 1


def test_a_counter_that_vanished_starts_again(monkeypatch):
    throttles.hit("k", seconds=3600)

    def gone(*args, **kwargs):
        caches["counters"].clear()
        raise ValueError

    monkeypatch.setattr(caches["counters"].__class__, "incr", gone)
    assert throttles.hit("k", seconds=3600) == 1


def _four_threads(each):
    def hits():
        for _ in range(each):
            throttles.hit("race", seconds=3600)

    threads = [threading.Thread(target=hits) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.filterwarnings("ignore:This process")  # forked while threads of other tests end
def test_each_hit_of_two_processes_with_four_threads_counts():
    processes = [multiprocessing.get_context("fork").Process(target=_four_threads, args=[50]) for _ in "12"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert throttles.count("race", seconds=3600) == 400


def test_a_count_lasts_as_long_as_its_window(monkeypatch):
    """Django's own file cache starts five minutes anew with each count."""
    monkeypatch.setattr(throttles.time, "time", lambda: 7_200_000_000.0)
    for _ in range(3):
        throttles.hit("k", seconds=3600)
    monkeypatch.setattr(throttles.time, "time", lambda: 7_200_000_000.0 + 3599)
    assert throttles.count("k", seconds=3600) == 3
    assert throttles.hit("k", seconds=3600) == 4


def test_what_ended_is_swept_and_nothing_else(tmp_path, monkeypatch):
    cache = CountingFileCache(tmp_path, {"MAX_ENTRIES": 10})
    monkeypatch.setattr(cache, "SWEEP", 1)
    cache.add("old", 1, timeout=-1)
    for number in range(40):
        assert cache.add(f"k{number}", 1, timeout=60)
    assert sorted(tmp_path.glob("*.djcache")) == sorted(
        tmp_path / cache._key_to_file(f"k{number}") for number in range(40)
    )


@pytest.mark.parametrize(
    ("address", "sender"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", "unknown"),
    ],
)
def test_who_counts_as_one_sender(address, sender):
    assert throttles.network(address) == sender
