"""Two acts about one person at the same moment: one after the other, and each sees what the first wrote."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError, transaction
from django.test import RequestFactory
from django.utils import timezone

from accounts import (
    acting,
    at_work,
    cards,
    codes,
    erasing,
    household,
    inviting,
    leaving,
    merging,
    messages,
    offering,
    own_pin,
    requesting,
    roles,
)
from accounts.erasing import erase
from accounts.models import CardUse, Consent, DataRequest, Erasure, Learner, Merge, OneTimeCode, User
from campaign.folding import fold
from campaign.verifying import verify
from certificates import issuing
from certificates.models import Paper
from courses import progress
from courses.models import ItemDone
from ledger.models import Fact
from ledger.receipts import with_receipt
from quizzes import attempts
from quizzes.models import Attempt
from tests.make import make_commune, make_course, make_learner
from tests.quizzes.make import make_course as make_tested_course
from tests.quizzes.make import quiz_of
from tests.racing import in_the_middle, together

pytestmark = pytest.mark.django_db(transaction=True)
BECAUSE = Erasure.Reason.ASKED


@pytest.fixture
def course(db):
    return make_course(lessons=2)


def somebody(name="Vũ Thị Hà", **fields) -> Learner:
    return make_learner(name, commune=make_commune(), **fields)


def finish(learner, course, position=1):
    """As the queue does it: with a receipt."""
    item, act = course.items.get(position=position), uuid.uuid4()

    def done() -> dict:
        got = progress.finish_lesson(actor=f"user:{learner.user_id}", uuid=act, learner=learner, item=item)
        return {"percent": got.percent}

    return with_receipt(f"user:{learner.user_id}", act, "lesson", done)


def nothing_of(pk: int) -> bool:
    return not Learner.objects.filter(pk=pk).exists() and not Fact.objects.filter(person=pk).exists()


def settled() -> list:
    fold()
    return verify()[1].lines


def over(request) -> None:
    past = timezone.now() - datetime.timedelta(seconds=1)
    DataRequest.objects.filter(pk=request.pk).update(erase_at=past)


def asked_for(learner) -> DataRequest:
    Consent.objects.create(learner=learner, purpose="learning", version=1, channel="online")
    return leaving.leave(learner=learner, kind="erase")


def kinds(answers) -> set[type]:
    return {type(answer) for answer in answers}


def test_erasing_and_her_acts_in_flight(chi, course, monkeypatch):
    """Whichever comes first, nothing of hers is left, under no number, and no figure is wrong."""
    tested = make_tested_course(code="KNS05")

    def lesson(learner):
        return lambda: finish(learner, course)

    def paper(learner):
        finish(learner, course)
        finish(learner, course, 2)
        return lambda: issuing.issue(learner=learner, course=course)

    def test(learner):
        return lambda: attempts.start(learner=learner, quiz=quiz_of(tested))

    def judged(learner):
        attempt = attempts.start(learner=learner, quiz=quiz_of(tested))
        return lambda: attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=0)

    for prepare, where, name in (
        (lesson, progress, "record_all"),
        (paper, issuing, "_pinned"),
        (test, attempts, "_drawn"),
        (judged, attempts, "_judge"),
    ):
        for_her = somebody()
        pk, act = for_her.pk, prepare(for_her)
        first, second = in_the_middle(
            monkeypatch, where, name, act, lambda who=for_her: erase(learner=who, by=chi, reason=BECAUSE)
        )
        assert not isinstance(first, Exception), (name, first)
        assert isinstance(second, Erasure), (name, second)
        assert nothing_of(pk), name
        late = somebody()
        pk, act = late.pk, prepare(late)
        erase(learner=late, by=chi, reason=BECAUSE)
        [second] = together(act)
        assert second is None or isinstance(second, acting.Gone), (name, second)
        assert nothing_of(pk), name
    assert not ItemDone.objects.exists()
    assert not Paper.objects.exists()
    assert not Attempt.objects.exists()
    assert settled() == []


def test_an_act_that_comes_while_she_is_erased_waits_and_is_refused(chi, course, monkeypatch):
    hers = somebody()
    finish(hers, course)
    pk = hers.pk
    first, second = in_the_middle(
        monkeypatch,
        erasing,
        "_end_sessions",
        lambda: erase(learner=hers, by=chi, reason=BECAUSE),
        lambda: finish(hers, course, 2),
    )
    assert isinstance(first, Erasure)
    assert isinstance(second, acting.Gone), second
    assert nothing_of(pk)
    assert settled() == []


def test_two_erase_her_at_once(chi):
    hers, twin = somebody(), somebody("Vu Thi Ha")
    merging.merge(by=chi, duplicate=twin, canonical=hers, reason="Một người")
    answers = together(*[lambda who=who: erase(learner=who, by=chi, reason=BECAUSE) for who in (hers, twin)])
    assert kinds(answers) == {Erasure, erasing.AlreadyErased}
    assert Erasure.objects.get().records == 2
    assert not Learner.objects.filter(pk__in=[hers.pk, twin.pk]).exists()


def test_merging_and_asking_to_be_erased(chi, monkeypatch):
    """Either both her records leave, or the merge waits until she stays or is gone."""
    hers, twin = somebody(), somebody("Vu Thi Ha")
    merged, asked = in_the_middle(
        monkeypatch,
        merging,
        "move",
        lambda: merging.merge(by=chi, duplicate=twin, canonical=hers, reason="Một người"),
        lambda: asked_for(hers),
    )
    assert (type(merged), type(asked)) == (Merge, DataRequest)
    assert set(Learner.objects.values_list("leaving_at", flat=True)) == {asked.erase_at}

    hers, twin = somebody(), somebody("Vu Thi Ha")
    asked, merged = in_the_middle(
        monkeypatch,
        messages,
        "tell",
        lambda: asked_for(hers),
        lambda: merging.merge(by=chi, duplicate=hers, canonical=twin, reason="Một người"),
    )
    assert (type(asked), type(merged)) == (DataRequest, merging.OneIsLeaving)
    assert Learner.objects.get(pk=twin.pk).leaving_at is None


def test_staying_and_the_end_of_the_time_to_stay(monkeypatch):
    hers = somebody()
    over(asked_for(hers))
    swept, stayed = in_the_middle(
        monkeypatch, erasing, "_end_sessions", leaving.sweep, lambda: leaving.stay(learner=hers)
    )
    assert (swept, type(stayed)) == (1, acting.Gone)
    assert not Learner.objects.filter(pk=hers.pk).exists()

    hers = somebody()
    over(asked_for(hers))
    stayed, swept = in_the_middle(
        monkeypatch, leaving, "announce_consent", lambda: leaving.stay(learner=hers), leaving.sweep
    )
    assert (stayed, swept) == (True, 0)
    hers.refresh_from_db()
    assert hers.leaving_at is None
    assert hers.consents.filter(withdrawn_at=None).count() == 1


def test_two_sweeps_and_an_official_at_once(chi):
    requests = [asked_for(somebody(f"Người {n}")) for n in range(3)]
    for request in requests:
        over(request)
    answers = together(leaving.sweep, leaving.sweep)
    assert sum(answers) == 3
    assert Erasure.objects.count() == 3


def test_the_last_two_of_a_phone_leave_it_and_are_erased_at_once(chi, monkeypatch):
    """A sign-in without anybody would keep their number for ever."""
    hers = somebody()
    son = somebody("Vũ Văn Sơn", user=hers.user)
    off, erased = in_the_middle(
        monkeypatch,
        household,
        "_number",
        lambda: household.unlink(user=hers.user, learner=son),
        lambda: erase(learner=hers, by=chi, reason=BECAUSE),
    )
    assert not isinstance(off, Exception), off
    assert isinstance(erased, Erasure), erased
    assert not User.objects.filter(pk=hers.user_id).exists()

    hers = somebody()
    erased, added = in_the_middle(
        monkeypatch,
        erasing,
        "_end_sessions",
        lambda: erase(learner=hers, by=chi, reason=BECAUSE),
        lambda: household.add(
            user=hers.user,
            uuid=uuid.uuid4(),
            name="Vũ Văn Sơn",
            birth_year=1990,
            group="citizen",
            commune=hers.commune,
            colour="sea",
            picture="boat",
        ),
    )
    assert isinstance(erased, Erasure), erased
    assert isinstance(added, household.HouseholdError), added


def test_one_answer_one_pin_one_use(chi):
    """Of two at once one does it, and the other is told."""
    hers = somebody()
    asked = requesting.ask(learner=hers, kind="other", text="Ai giữ số của tôi?")
    answers = together(
        lambda: requesting.finish(request=asked, by=chi, text="Đã làm"),
        lambda: requesting.refuse(request=DataRequest.objects.get(pk=asked.pk), by=chi, text="Không"),
    )
    assert kinds(answers) == {type(None), requesting.Closed}
    assert asked.steps.count() == 2, "asked, and one answer"

    hers.user.set_password("482951")
    hers.user.save()
    somebody("Vũ Văn Sơn", user=hers.user)

    def set_own(pin):
        own_pin.set_first(visit(hers.user), hers, sign_in_pin="482951", pin=pin)

    answers = together(lambda: set_own("739164"), lambda: set_own("640275"))
    assert kinds(answers) == {type(None), own_pin.AlreadySet}

    _, code = codes.make(purpose="forgotten", user=hers.user)
    use = lambda: codes.use(visit(hers.user), purpose="forgotten", code=code, user=hers.user)  # noqa: E731
    answers = together(use, use)
    assert kinds(answers) <= {OneTimeCode, codes.NoCode, codes.NotIn, *codes.NotIn.__subclasses__()}
    assert [type(answer) for answer in answers].count(OneTimeCode) == 1


def visit(user, **session):
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7")
    request.session, request.user = SessionStore(), user
    request.session.update(session)
    return request


def test_a_card_used_while_it_is_replaced(monkeypatch):
    """Whichever was first, the old card's session is closed."""
    for where, name in ((cards, "choose"), (CardUse.objects, "create")):
        hers = somebody()
        card = cards.find(visit_nobody(), typed=cards.number(cards.card_of(hers, by=None)))
        entered, new = in_the_middle(
            monkeypatch,
            where,
            name,
            lambda card=card: cards.enter(visit_nobody(), card),
            lambda hers=hers: cards.replace(hers, by=None),
        )
        assert new.pk != card.pk
        assert entered is None or isinstance(entered, cards.NoCard), entered
        assert not CardUse.objects.filter(card=card).exists()
        left = [session.get_decoded() for session in Session.objects.all()]
        assert not [kept for kept in left if "card" in kept], (name, entered)


def visit_nobody():
    return visit(AnonymousUser())


@pytest.mark.parametrize("_round", range(2))
def test_everything_at_once(chi, course, _round):
    """Whatever order they come in: nobody is stopped by the database, and every figure is right."""
    hers, twin = somebody(), somebody("Vu Thi Ha")
    finish(hers, course)
    pks = [hers.pk, twin.pk]
    answers = together(
        lambda: finish(hers, course, 2),
        lambda: finish(twin, course),
        lambda: merging.merge(by=chi, duplicate=twin, canonical=hers, reason="Một người"),
        lambda: asked_for(hers),
        lambda: issuing.issue(learner=hers, course=course),
        fold,
        lambda: erase(learner=hers, by=chi, reason=BECAUSE),
    )
    assert not [each for each in answers if isinstance(each, OperationalError)], answers
    erased = [each for each in answers if isinstance(each, Erasure)]
    assert len(erased) == 1, answers
    assert all(nothing_of(pk) for pk in pks[: erased[0].records]), answers
    assert settled() == []


# --- a role taken while she is merged, erased or helped ---------------------------------


def offered(chi, user, place, by):
    """Three ways to take a role by number; each seats her first, who was left alone on seat 2."""
    if by == "offer":
        made = offering.offer(by=chi, phone=user.phone, name="Dung", kind="trainer", place=place)
        return lambda: offering.accept(user=user, offer=made)
    if by == "first":
        User.objects.filter(pk=user.pk).update(password="!")
        user.refresh_from_db()
    roles.offer(by=chi, user=user, name="Dung", kind="trainer", place=place)
    made = inviting.invite(by=chi, user=user)
    if by == "first":
        return lambda: inviting.accept(invitation=made, password="604813")
    return lambda: inviting.take(invitation=made, yes=True)


@pytest.mark.parametrize("by", ["offer", "more", "first"])
def test_a_role_is_taken_in_the_order_of_everybodys_locks(chi, phu_thai, monkeypatch, by):
    """Her row, then the sign-in: else this and a merge would wait for each other."""
    dung = make_learner("Vũ Thị Dung", commune=phu_thai)
    Learner.objects.filter(pk=dung.pk).update(seat=2)
    take = offered(chi, dung.user, phu_thai, by)

    def other():
        with transaction.atomic():  # as `merging`, `erasing` and `household` do, and not begun again
            acting.hold(dung)
            return acting.hold_sign_ins(dung.user)

    answers = in_the_middle(monkeypatch, at_work, "others_on", take, other)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    dung.refresh_from_db()
    assert (dung.seat, at_work.works_by_number(dung.user)) == (1, True)
