"""/hoc-tap/: a learner's own pages, and the way through a lesson without script."""

import uuid

import pytest
from django.test import Client

from certificates import issuing
from courses import progress, releasing
from courses.models import Edition, EditionItem, ItemDone
from quizzes import attempts

from ..make import make_learner
from ..quizzes.make import quiz_of

COURSE = "an-toan-kns04"
HOME = "/hoc-tap/"
DONE = f"/hoc-tap/{COURSE}/bai-1/xong/"


@pytest.fixture
def browser(lan):
    client = Client()
    client.force_login(lan.user)
    return client


def finish(learner, *keys):
    for key in keys:
        progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=learner, item=key)


def complete(learner, course):
    finish(learner, "kns04-01", "kns04-02", "kns04-03")
    attempt = attempts.start(learner=learner, quiz=quiz_of(course))
    answers = {one.key: ["b"] for one in attempt.questions.all()}
    attempts.answer_sheet(attempt=attempt, uuid=uuid.uuid4(), seq=0, answers=answers)
    attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=10)


def text(response) -> str:
    return response.content.decode()


# --- My learning ------------------------------------------------------------


def test_nobody_signed_in_is_offered_to(course):
    response = Client().get(HOME)
    assert response.status_code == 200
    assert "/dang-nhap/?next=/hoc-tap/" in text(response)
    assert "csrfmiddlewaretoken" not in text(response)


def test_nothing_yet_leads_to_the_first_lesson(browser, course):
    page = text(browser.get(HOME))
    assert "Bạn chưa học khóa nào" in page
    first = EditionItem.objects.filter(edition=course.current_edition).order_by("position").first().item
    assert f'<a class="btn" href="{first.url}">Bắt đầu bài đầu tiên</a>' in page


def test_nothing_yet_and_nothing_released_leads_to_the_courses(browser):
    page = text(browser.get(HOME))
    assert '<a class="btn" href="/khoa-hoc/">Chọn khóa học</a>' in page
    assert "Bắt đầu bài đầu tiên" not in page


def test_a_course_begun_goes_on_where_she_was(browser, lan, course):
    finish(lan, "kns04-01")
    page = text(browser.get(HOME))
    assert "1 trong 3 bài" in page
    assert f'href="/khoa-hoc/{COURSE}/bai-2/"' in page
    assert "Học tiếp" in page


def test_the_test_is_next_after_the_lessons(browser, lan, course):
    finish(lan, "kns04-01", "kns04-02", "kns04-03")
    assert f'href="/kiem-tra/{COURSE}/"' in text(browser.get(HOME))


def test_a_test_left_open_is_gone_on_with(browser, lan, course):
    finish(lan, "kns04-01")
    attempts.start(learner=lan, quiz=quiz_of(course))
    page = text(browser.get(HOME))
    assert "Làm tiếp bài kiểm tra" in page
    assert "đang làm dở" in page


def test_a_test_failed_says_when_again(browser, lan, course):
    finish(lan, "kns04-01", "kns04-02", "kns04-03")
    attempt = attempts.start(learner=lan, quiz=quiz_of(course))
    attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=0)
    assert "lần trước đúng 0 trong 10 câu, làm lại được từ" in text(browser.get(HOME))


def test_a_finished_course_is_kept_below(browser, lan, course):
    complete(lan, course)
    page = text(browser.get(HOME))
    assert "Đã học xong" in page
    assert "Hoàn thành ngày" in page


def test_staff_are_told_why_they_have_none(binh):
    client = Client()
    client.force_login(binh)
    response = client.get(HOME)
    assert response.status_code == 403
    assert "không phải của người học" in text(response)


def test_it_is_never_kept_by_a_cache(browser):
    assert "no-store" in browser.get(HOME)["Cache-Control"]


# --- A newer edition --------------------------------------------------------


def release_without(course, key, bien):
    items = [one for one in course.items.all() if one.key != key]
    return releasing.release(course, items, bien)


@pytest.fixture
def newer(lan, course, bien):
    finish(lan, "kns04-01")
    course.items.filter(kind="test").update(url=f"/kiem-tra/{COURSE}/")
    return release_without(course, "kns04-02", bien)


def test_a_newer_edition_is_offered_and_chosen(browser, lan, course, newer):
    assert "Khóa học này có bản mới" in text(browser.get(HOME))
    response = browser.post(f"/hoc-tap/{COURSE}/ban-moi/", follow=True)
    assert "Bạn đang học bản mới" in text(response)
    assert progress.state(lan, course).edition == newer.number == 2
    assert "Khóa học này có bản mới" not in text(response)


def test_a_newer_edition_is_hers_alone_to_choose(course, newer):
    hoa = Client()
    hoa.force_login(make_learner("Hoa").user)
    assert hoa.post(f"/hoc-tap/{COURSE}/ban-moi/").status_code == 404
    assert Client().post(f"/hoc-tap/{COURSE}/ban-moi/")["Location"].startswith("/dang-nhap/")


def test_choosing_needs_a_post(browser, newer):
    assert browser.get(f"/hoc-tap/{COURSE}/ban-moi/").status_code == 405


# --- A lesson without script ------------------------------------------------


def test_the_form_says_what_happens_and_does_it(browser, lan, course):
    page = browser.get(DONE)
    assert "Ghi lại và đi tiếp" in text(page)
    response = browser.post(DONE, {"uuid": page.context["form"].initial["uuid"]})
    assert response["Location"] == f"/khoa-hoc/{COURSE}/bai-2/"
    assert ItemDone.objects.get().item.key == "kns04-01"


def test_pressing_twice_is_one(browser, lan, course):
    act = {"uuid": uuid.uuid4()}
    assert browser.post(DONE, act).status_code == browser.post(DONE, act).status_code == 302
    assert ItemDone.objects.count() == 1


def test_the_last_lesson_leads_to_the_test(browser, lan, course):
    finish(lan, "kns04-01", "kns04-02")
    response = browser.post(f"/hoc-tap/{COURSE}/bai-3/xong/", {"uuid": uuid.uuid4()})
    assert response["Location"] == f"/kiem-tra/{COURSE}/"


def test_what_was_kept_is_told_only_where_it_can_be_read(browser, lan, course):
    browser.post(DONE, {"uuid": uuid.uuid4()})
    browser.post(f"/hoc-tap/{COURSE}/bai-2/xong/", {"uuid": uuid.uuid4()})
    page = text(browser.post(f"/hoc-tap/{COURSE}/bai-3/xong/", {"uuid": uuid.uuid4()}, follow=True))
    assert page.count("Đã ghi: bạn học xong bài") == 1


def test_a_lesson_left_out_is_come_back_to(browser, lan, course):
    finish(lan, "kns04-02")
    response = browser.post(f"/hoc-tap/{COURSE}/bai-3/xong/", {"uuid": uuid.uuid4()})
    assert response["Location"] == f"/kiem-tra/{COURSE}/"
    response = browser.post(DONE, {"uuid": uuid.uuid4()})
    assert response["Location"] == f"/kiem-tra/{COURSE}/"


def test_the_last_thing_finishes_the_course(browser, lan, course):
    finish(lan, "kns04-02", "kns04-03")
    attempt = attempts.start(learner=lan, quiz=quiz_of(course))
    answers = {one.key: ["b"] for one in attempt.questions.all()}
    attempts.answer_sheet(attempt=attempt, uuid=uuid.uuid4(), seq=0, answers=answers)
    attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=10)
    response = browser.post(DONE, {"uuid": uuid.uuid4()}, follow=True)
    assert response.redirect_chain[-1][0] == f"/hoc-tap/{COURSE}/hoan-thanh/"
    assert "bạn đã hoàn thành khóa học" in text(response)


def test_without_an_account_nothing_is_kept_and_the_page_says_so(course):
    response = Client().get(DONE)
    page = text(response)
    assert "chưa lưu được" in page
    assert f"/dang-ky/?next={DONE}" in page
    assert f"/dang-nhap/?next={DONE}" in page
    assert f'href="/khoa-hoc/{COURSE}/bai-2/"' in page
    assert "csrfmiddlewaretoken" not in page
    assert not response.cookies


def test_posting_without_an_account_keeps_nothing(course):
    assert "chưa lưu được" in text(Client().post(DONE, {"uuid": uuid.uuid4()}))
    assert not ItemDone.objects.exists()


def test_a_form_without_its_uuid_asks_again(browser, course):
    assert browser.post(DONE, {"uuid": "x"}).status_code == 200
    assert not ItemDone.objects.exists()


def test_a_course_not_released_is_told(browser, course):
    course.current_edition = None
    course.save()
    response = browser.post(DONE, {"uuid": uuid.uuid4()})
    assert response.status_code == 409
    assert "chưa được phát hành" in text(response)


@pytest.mark.parametrize("path", [f"{COURSE}/nothing/xong/", "nothing/bai-1/xong/", f"{COURSE}/nothing/"])
def test_what_is_not_there_is_not_found(browser, course, path):
    assert browser.get(f"/hoc-tap/{path}").status_code == 404


# --- A withdrawn lesson of her edition --------------------------------------


def test_a_withdrawn_lesson_is_read_by_those_whose_edition_asks_it(browser, lan, course, newer):
    course.items.filter(key="kns04-02").update(url="")
    response = browser.get(f"/hoc-tap/{COURSE}/bai-2/")
    assert "<p>Nội dung</p>" in text(response)
    assert f"/hoc-tap/{COURSE}/bai-2/xong/" in text(response)
    assert "no-store" in response["Cache-Control"]
    browser.post(f"/hoc-tap/{COURSE}/bai-2/xong/", {"uuid": uuid.uuid4()})
    assert ItemDone.objects.filter(learner=lan, item__key="kns04-02").exists()


def test_a_withdrawn_lesson_is_no_longer_there_for_others(course, newer):
    course.items.filter(key="kns04-02").update(url="")
    client = Client()
    client.force_login(make_learner("Hoa").user)
    assert client.get(f"/hoc-tap/{COURSE}/bai-2/").status_code == 404
    assert Client().get(f"/hoc-tap/{COURSE}/bai-2/").status_code == 302


def test_a_live_lesson_is_read_on_the_site(browser, course):
    assert browser.get(f"/hoc-tap/{COURSE}/bai-2/")["Location"] == f"/khoa-hoc/{COURSE}/bai-2/"


# --- Finished ---------------------------------------------------------------


def test_the_celebration_is_for_those_who_finished(browser, lan, course):
    url = f"/hoc-tap/{COURSE}/hoan-thanh/"
    assert browser.get(url)["Location"] == HOME
    complete(lan, course)
    assert "Chúc mừng Nguyễn Thị Lan" in text(browser.get(url))
    assert Client().get(url)["Location"].startswith("/dang-nhap/?next=")


def test_an_empty_edition_is_no_trouble(browser, lan, course):
    edition = Edition.objects.create(
        course=course, number=9, title="x", released_at=course.current_edition.released_at
    )
    course.current_edition = edition
    course.save()
    progress.start(lan, course)
    assert not EditionItem.objects.filter(edition=edition).exists()
    assert browser.get(HOME).status_code == 200


def test_who_lost_her_paper_is_told_where_to_read_why(browser, lan, course, chi):
    complete(lan, course)
    paper = issuing.issue(learner=lan, course=course)
    issuing.revoke(paper=paper, by=chi, reason="Ghi nhầm người")
    for url in (f"/hoc-tap/{COURSE}/hoan-thanh/", HOME):
        page = text(browser.get(url))
        assert "Giấy đã bị thu hồi" in page
        assert "Lý do: Ghi nhầm người" in page
        assert f'href="/giay/{paper.serial}/"' in page
        for wrong in ("đang được làm", "Nhận giấy ghi nhận", "Chúc mừng", "lms/img/done"):
            assert wrong not in page


def test_a_paper_issued_again_is_the_one_shown(browser, lan, course, chi):
    complete(lan, course)
    new = issuing.reissue(paper=issuing.issue(learner=lan, course=course), by=chi, reason="Sai tên")
    for url in (HOME, f"/hoc-tap/{COURSE}/hoan-thanh/"):
        page = text(browser.get(url))
        assert f'href="/giay/{new.serial}/"' in page
        assert "thu hồi" not in page


def test_the_act_of_another_lesson_is_refused(browser, lan, course):
    act = uuid.uuid4()
    browser.post(DONE, {"uuid": act})
    response = browser.post(f"/hoc-tap/{COURSE}/bai-2/xong/", {"uuid": act})
    assert response.status_code == 409
    assert ItemDone.objects.filter(learner=lan).count() == 1
