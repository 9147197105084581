from django.core.cache import cache

from common import throttles


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

    def gone(key):
        cache.clear()
        raise ValueError

    monkeypatch.setattr(cache, "incr", gone)
    assert throttles.hit("k", seconds=3600) == 1
