"""Revoking and issuing again: with a reason, once, in the figures."""

import pytest

from certificates import issuing, serials
from certificates.errors import NotCompleted, ReasonMissing, ReasonTooLong
from certificates.models import Paper
from ledger import kinds
from ledger.models import Fact
from ledger.recording import retract
from tests.make import make_commune, make_course

from .make import make_paper


@pytest.fixture
def paper(lan):
    return make_paper(lan)


def facts(kind):
    return Fact.objects.filter(kind=kind)


def test_revoking_keeps_who_when_and_why(paper, chi):
    revoked = issuing.revoke(paper=paper, by=chi, reason="  Cấp nhầm \n người ")
    assert not revoked.is_live
    assert (revoked.revoked_by, revoked.reason) == (chi, "Cấp nhầm người")
    assert revoked.revoked_at >= revoked.issued_at
    fact = facts(kinds.PAPER_REVOKED).get()
    assert (fact.actor, fact.person, fact.course, fact.item) == (
        f"user:{chi.pk}",
        paper.learner_id,
        "KNS04",
        paper.fact.item,
    )


def test_a_revocation_counts_where_the_paper_counted(paper, chi, lan):
    lan.commune = make_commune("10888", "Xã Cẩm Giang")
    lan.save()
    issuing.revoke(paper=paper, by=chi, reason="Sai")
    assert facts(kinds.PAPER_REVOKED).get().commune == paper.fact.commune != lan.commune


def test_the_second_revocation_changes_nothing(paper, chi, quan_tri):
    first = issuing.revoke(paper=paper, by=chi, reason="Lý do một")
    second = issuing.revoke(paper=paper, by=quan_tri, reason="Lý do hai")
    assert (second.revoked_at, second.revoked_by, second.reason) == (first.revoked_at, chi, "Lý do một")
    assert facts(kinds.PAPER_REVOKED).count() == 1


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [("", ReasonMissing), (" \n\u200b", ReasonMissing), ("x" * 301, ReasonTooLong)],
)
@pytest.mark.parametrize("verb", [issuing.revoke, issuing.reissue])
def test_a_reason_is_asked_for(paper, chi, verb, reason, refusal):
    with pytest.raises(refusal):
        verb(paper=paper, by=chi, reason=reason)
    assert Paper.objects.get().is_live


def test_a_reason_of_300_letters_fits(paper, chi):
    assert issuing.revoke(paper=paper, by=chi, reason="ẵ" * 300).reason == "ẵ" * 300


def test_the_machine_does_not_issue_what_staff_revoked(paper, chi, lan):
    issuing.revoke(paper=paper, by=chi, reason="Làm hộ bài kiểm tra")
    assert issuing.issue(learner=lan, course=paper.course) is None
    assert Paper.objects.count() == 1


def test_issuing_again_takes_the_name_of_today_and_keeps_what_was_learned(paper, chi, lan):
    Paper.objects.update(score_percent=90, course_title="Tựa lúc ấy")
    paper.refresh_from_db()
    type(lan).objects.update(name="Nguyễn Thị Lành")
    new = issuing.reissue(paper=paper, by=chi, reason="Sai tên")
    paper.refresh_from_db()
    assert (paper.is_live, paper.reason, paper.name) == (False, "Sai tên", "Nguyễn Thị Lan")
    assert new.serial != paper.serial == serials.parse(paper.serial)
    assert (new.replaces, paper.replaced_by, new.issued_by) == (paper, new, chi)
    assert (new.name, new.course_title, new.score_percent) == ("Nguyễn Thị Lành", "Tựa lúc ấy", 90)
    assert (new.completed_at, new.edition, new.series) == (paper.completed_at, paper.edition, 1)
    assert issuing.issue(learner=lan, course=paper.course) == new
    assert facts(kinds.PAPER_ISSUED).count() - facts(kinds.PAPER_REVOKED).count() == 1
    assert new.fact.actor == f"user:{chi.pk}"


def test_a_revoked_paper_can_be_issued_again_and_keeps_its_first_reason(paper, chi):
    issuing.revoke(paper=paper, by=chi, reason="Sai tên")
    issuing.reissue(paper=paper, by=chi, reason="Đã sửa tên")
    paper.refresh_from_db()
    assert paper.reason == "Sai tên"
    assert Paper.objects.live().count() == 1
    assert facts(kinds.PAPER_REVOKED).count() == 1


def test_issuing_again_twice_gives_the_same_paper(paper, chi):
    first = issuing.reissue(paper=paper, by=chi, reason="Sai tên")
    assert issuing.reissue(paper=paper, by=chi, reason="Sai tên") == first
    assert Paper.objects.count() == 2


def test_the_new_paper_can_be_replaced_too(paper, chi):
    second = issuing.reissue(paper=paper, by=chi, reason="Sai tên")
    third = issuing.reissue(paper=second, by=chi, reason="Vẫn sai")
    assert list(Paper.objects.live()) == [third]
    assert facts(kinds.PAPER_ISSUED).count() - facts(kinds.PAPER_REVOKED).count() == 1


def test_no_new_paper_for_a_completion_that_was_retracted(paper, chi):
    retract(actor="server", fact=facts(kinds.COURSE_COMPLETED).get(), reason="Nhập nhầm")
    with pytest.raises(NotCompleted, match="hoàn thành"):
        issuing.reissue(paper=paper, by=chi, reason="Sai tên")
    assert Paper.objects.get().is_live


def test_who_sees_and_manages_which_papers(paper, chi, sau, binh, bien, quan_tri, lan):
    seen = {user.name: set(Paper.objects.visible_to(user)) for user in (chi, sau, binh, bien, quan_tri)}
    managed = {user.name: set(Paper.objects.managed_by(user)) for user in (chi, sau, binh, bien, quan_tri)}
    assert seen == managed
    assert [name for name, papers in seen.items() if papers] == [chi.name, quan_tri.name]
    assert not Paper.objects.visible_to(lan.user)


def test_who_only_reads_manages_nothing(paper, chi):
    chi.roles.update(kind="official_view")
    assert set(Paper.objects.visible_to(chi)) == {paper}
    assert not Paper.objects.managed_by(chi)


def test_live_papers_come_newest_first(paper, lan, chi):
    other = make_paper(lan, make_course("KNS01"))
    assert list(Paper.objects.live_of(lan)) == [other, paper]
    issuing.revoke(paper=other, by=chi, reason="Sai")
    assert list(Paper.objects.live_of(lan)) == [paper]
