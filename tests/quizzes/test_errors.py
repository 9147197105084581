"""The codes of refusals are part of the API: pages and other programs know them."""

from quizzes import errors, placing, remembering


def test_the_codes_stay_what_programs_know():
    named = [vars(module).values() for module in (errors, placing, remembering)]
    kinds = {one for names in named for one in names if isinstance(one, type)}
    assert errors.Refused.code == "refused"
    assert {kind.code for kind in kinds if issubclass(kind, errors.Refused) and kind != errors.Refused} == {
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
