"""What each measure counts, written out once more by hand."""

from campaign import measures


def test_which_facts_make_a_person_count():
    assert set(measures.firsts()) == {
        ("registered", "registered", 0),
        ("attended", "registered", 0),
        ("lesson_done", "learning", 0),
        ("attended", "learning", 0),
        ("course_completed", "people_completed", 0),
        ("course_completed", "people_completed", 1),
        ("course_started", "started", 0),
        ("course_started", "started", 1),
    }


def test_which_facts_count_each_time():
    assert set(measures.counted()) == {
        ("lesson_done", "lessons", 1),
        ("lesson_known", "known", 1),
        ("refreshed", "refreshed", 1),
        ("remembered", "remembered", 1),
        ("course_completed", "completed", 1),
        ("paper_issued", "papers", 1),
        ("paper_revoked", "papers", -1),
    }


def test_what_the_public_may_ask_for():
    assert [measure.key for measure in measures.PUBLIC] == [
        "registered", "learning", "lessons", "completed", "people_completed", "papers", "rate",
    ]  # fmt: skip


def test_only_the_rate_is_a_quotient():
    rates = [one for one in measures.ALL if one.is_rate]
    assert [(one.key, one.numerator, one.denominator) for one in rates] == [("rate", "finished", "started")]
    assert not measures.BY_KEY["learning"].by_course


def test_what_each_measure_says_of_itself():
    people, times, papers = "người", "lượt", "giấy"
    said = {one.key: (one.unit, one.people, one.by_course, one.kinds) for one in measures.ALL}
    assert [one.key for one in measures.ALL if one.is_rate] == ["rate"]
    assert said == {
        "registered": (people, True, False, {"registered": 1, "attended": 1}),
        "learning": (people, True, False, {"lesson_done": 1, "attended": 1}),
        "lessons": (times, False, False, {"lesson_done": 1}),
        "known": (times, False, False, {"lesson_known": 1}),
        "refreshed": (times, False, False, {"refreshed": 1}),
        "remembered": (times, False, False, {"remembered": 1}),
        "completed": (times, False, False, {"course_completed": 1}),
        "people_completed": (people, True, True, {"course_completed": 1}),
        "papers": (papers, False, False, {"paper_issued": 1, "paper_revoked": -1}),
        "started": (people, True, True, {"course_started": 1}),
        "finished": (people, True, True, {}),
        "rate": ("%", True, False, {}),
    }
