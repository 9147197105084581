import pytest
from allauth.account.adapter import get_adapter
from allauth.core.exceptions import RateLimited
from django.core.exceptions import ValidationError

from accounts.messages import CannotSend
from accounts.views import TooManyAnswer
from tests.make import make_user


@pytest.fixture
def adapter():
    return get_adapter()


def test_phone_numbers_live_on_the_user(adapter, db):
    user = make_user(phone="+84912345678")
    assert adapter.get_phone(user) == ("+84912345678", False)
    adapter.set_phone_verified(user, "+84912345678")
    user.refresh_from_db()
    assert adapter.get_phone(user) == ("+84912345678", True)
    adapter.set_phone(user, "0987 654 321", False)
    assert adapter.get_phone(user) == ("+84987654321", False)
    assert adapter.get_user_by_phone("0987.654.321") == user
    assert adapter.get_user_by_phone("không có") is None
    assert adapter.get_user_by_phone("0911111111") is None


def test_staff_have_none(adapter, binh):
    assert adapter.get_phone(binh) is None


def test_the_phone_field_takes_any_spelling(adapter):
    field = adapter.phone_form_field(required=True)
    assert field.clean("(091) 234-5678") == "+84912345678"
    with pytest.raises(ValidationError):
        field.clean("")
    assert adapter.phone_form_field(required=False).clean("") == ""


def test_allauths_own_sign_up_is_closed(adapter, rf):
    assert not adapter.is_open_for_signup(rf.get("/"))


def test_no_sms_is_pretended(adapter, db):
    with pytest.raises(CannotSend):
        adapter.send_verification_code_sms(None, "+84912345678", "123456")


def test_allauth_is_complete(adapter):
    assert adapter._has_phone_impl


def test_only_a_second_factor_comes_between(adapter):
    assert all(".mfa." in stage for stage in adapter.get_login_stages())


def test_a_limit_of_allauth_is_429_too(rf, db):
    answer = TooManyAnswer(lambda request: None)
    request = rf.get("/")
    assert answer.process_exception(request, RateLimited("login")).status_code == 429
    assert answer.process_exception(request, ValueError()) is None
