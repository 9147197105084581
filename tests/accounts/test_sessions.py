import datetime

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.utils import timezone

from accounts import retention
from accounts.sessions import MarkerCookie, current_learner, forget_learner
from tests.make import make_learner


def _serve(rf, view, *, user=None, cookies=(), session=None):
    request = rf.get("/")
    request.COOKIES.update(dict(cookies))
    SessionMiddleware(lambda r: None)(request)
    request.session.accessed = False
    for key, value in (session or {}).items():
        request.session[key] = value
    if user is not None:
        request._cached_user = request.user = user
    return MarkerCookie(view)(request)


def _looks(request):
    request.session.get("anything")
    return HttpResponse()


def test_marker_is_set_when_signed_in(rf, lan):
    response = _serve(rf, _looks, user=lan.user, session={"_auth_user_id": str(lan.user.pk)})
    cookie = response.cookies["hvs_in"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("1", "Lax", "")


def test_marker_is_not_sent_twice(rf, lan):
    response = _serve(
        rf, _looks, user=lan.user, cookies={"hvs_in": "1"}, session={"_auth_user_id": str(lan.user.pk)}
    )
    assert "hvs_in" not in response.cookies


@pytest.mark.django_db
def test_marker_goes_with_the_session(rf):
    response = _serve(rf, _looks, cookies={"hvs_in": "1"})
    assert response.cookies["hvs_in"]["max-age"] == 0


def test_a_page_that_does_not_look_at_the_session_gets_nothing(rf):
    response = _serve(rf, lambda request: HttpResponse(), cookies={"hvs_in": "1"})
    assert not response.cookies
    assert "Vary" not in response


def _request(rf, user, session=None):
    request = rf.get("/")
    request.user, request.session = user, session or {}
    return request


def test_the_learner_of_a_sign_in(rf, lan, django_assert_num_queries):
    request = _request(rf, lan.user)
    with django_assert_num_queries(1):
        assert current_learner(request) == lan
        assert current_learner(request).commune.code == "10750"


def test_the_chosen_person_of_a_shared_sign_in(rf, lan):
    husband = make_learner("Nguyễn Văn Tư", user=lan.user)
    assert current_learner(_request(rf, lan.user)) is None
    assert current_learner(_request(rf, lan.user, {"learner": husband.pk})) == husband


def test_another_ones_learner_cannot_be_chosen(rf, lan):
    stranger = make_learner("Người Lạ")
    assert current_learner(_request(rf, lan.user, {"learner": stranger.pk})) == lan


def test_staff_without_a_learner(rf, binh):
    assert current_learner(_request(rf, binh)) is None


def test_forgetting_reads_again(rf, lan):
    request = _request(rf, lan.user)
    current_learner(request)
    lan.name = "Lan Mới"
    lan.save()
    forget_learner(request)
    assert current_learner(request).name == "Lan Mới"


@pytest.mark.django_db
def test_sessions_that_ended_are_deleted():
    for key, days in (("over", -1), ("on", 1)):
        ends = timezone.now() + datetime.timedelta(days=days)
        Session.objects.create(session_key=key, session_data="x", expire_date=ends)
    retention.run()
    assert [session.pk for session in Session.objects.all()] == ["on"]
