"""The codes of refusals are part of the API: pages and other programs know them."""

from quizzes.errors import Refused


def test_the_codes_stay_what_programs_know():
    assert Refused.code == "refused"
    assert {kind.code for kind in Refused.__subclasses__()} == {
        "already_done",
        "already_passed",
        "bad_question",
        "bank_too_small",
        "changed",
        "closed",
        "dropped",
        "incomplete",
        "not_due",
        "not_found",
        "not_ready",
        "nothing_to_ask",
        "stale",
        "too_many_steps",
        "too_soon",
        "unknown_choice",
    }
