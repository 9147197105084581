"""Signing up, in and out."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.csrf import csrf_failure as plain_csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from common import throttles

from . import at_work, consents, oidc, unsent
from .doors import NotIn, TooMany, UnknownNumber, address_of, enter, find_user
from .forms import BorrowedForm, MoreForm, SignInForm, SignUpForm
from .messages import arrives
from .models import User
from .own_pin import own_pin_required
from .registering import PhoneTaken, neighbourhood_of, register
from .sessions import current_learner, household
from .signing import BORROWED, landing, next_url, sign_in, sign_out, wipe, with_next
from .views_number import ask_code, is_proved, keep, welcome
from .views_number import filled as kept_filled

STAFF_PAGES = ("/admin/", "/quan-ly/")  # most who open them sign in by e-mail
SIGNUPS_PER_ADDRESS, SIGNUP_SECONDS = 300, 3600


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return _already_in(request, next_url(request) or "/hoc-tap/", stale=request.method == "POST")
    if request.method == "GET":
        filled = kept_filled(request)
        initial = filled or {"commune": request.GET.get("xa", "")[:10]}
        return _signup_page(request, SignUpForm(initial=initial))
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return _signup_page(request, form)
    address = address_of(request)
    if not throttles.allowed(f"signup:{address}", limit=SIGNUPS_PER_ADDRESS, seconds=SIGNUP_SECONDS):
        raise TooMany
    data = {key: value for key, value in form.cleaned_data.items() if "consent" not in key}
    proved = is_proved(request, data["phone"])
    if not proved and arrives(
        data["phone"]
    ):  # in use or not: what follows is the same, so nobody learns whose it is
        keep(request, data, to=next_url(request))
        return ask_code(request, data["phone"])
    borrowed = data.pop("borrowed")
    try:
        learner = register(**data, proved=proved)
    except PhoneTaken:
        return _second_try(request, form)
    return welcome(request, learner, to=next_url(request), borrowed=borrowed)


def _signup_page(request: HttpRequest, form: SignUpForm, *, taken: bool = False) -> HttpResponse:
    if form.is_bound and "pin" not in form.errors:
        form["pin"].help_text = "Để an toàn, mã không được giữ lại: hãy gõ lại 6 số bạn đã chọn."
    context = {
        "form": form,
        "taken": taken,
        "next": next_url(request),
        "words": consents.LEARNING[consents.CURRENT],
        "signin": with_next("accounts:signin", next_url(request)),
    }
    return render(request, "accounts/signup.html", context)


def _second_try(request: HttpRequest, form: SignUpForm) -> HttpResponse:
    """The number is in use: by the same press of the button a moment ago, or by somebody else."""
    data = form.cleaned_data
    try:
        user = enter(request, login=data["phone"], secret=data["pin"])
        return sign_in(request, user, to=next_url(request), borrowed=data["borrowed"])
    except NotIn:
        if settings.SMS["GATEWAY"]:  # no text goes out to it just now: she may prove it a little later
            keep(request, data, to=next_url(request))
            return ask_code(request, data["phone"])
        form.add_error("phone", "Số này đã có người dùng. Hãy xem ba cách ở trên.")
    return _signup_page(request, form, taken=True)


@never_cache
@require_http_methods(["GET", "POST"])
@own_pin_required
def more(request: HttpRequest) -> HttpResponse:
    """Neighbourhood and gender, skippable."""
    learner = current_learner(request)
    if learner is None:
        return redirect("accounts:mine")
    to = next_url(request) or "/hoc-tap/"
    initial = {"neighbourhood": learner.neighbourhood or "", "gender": learner.gender}
    form = MoreForm(_posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        learner.neighbourhood = neighbourhood_of(learner.commune, form.cleaned_data["neighbourhood"])
        learner.gender = form.cleaned_data["gender"] or learner.gender
        learner.save(update_fields=["neighbourhood", "gender"])
        return HttpResponseRedirect(to)
    known = learner.commune.neighbourhoods.order_by("name")[:200]
    context = {"form": form, "next": to, "learner": learner, "neighbourhoods": known}
    return render(request, "accounts/more.html", context)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and request.user.is_authenticated:
        asked, own = next_url(request), landing(request.user)
        back = own if asked and asked != own else ""
        return _already_in(request, asked or own, refused=bool(asked), back=back)
    asked_way = (request.POST or request.GET).get("cach")
    of_staff = request.method == "GET" and not asked_way and next_url(request).startswith(STAFF_PAGES)
    by_mail = asked_way == "thu" or of_staff
    form = SignInForm(_posted(request), by_mail=by_mail)
    if request.method == "POST" and form.is_valid():
        try:
            user = enter(request, login=form.cleaned_data["login"], secret=form.cleaned_data["password"])
            answer = sign_in(request, user, to=next_url(request), borrowed=form.cleaned_data["borrowed"])
            at_work.entered(request)
            return answer
        except ValidationError as error:
            form.add_error("login", error)
        except UnknownNumber as error:
            form.add_error("login", str(error))
        except NotIn as error:
            form.add_error("password", str(error))
    to = next_url(request)
    context = {
        "form": form,
        "next": to,
        "by_mail": by_mail,
        "signup": with_next("accounts:signup", to),
        "identity": BorrowedForm(auto_id="identity_%s") if oidc.is_on() else None,
        "provider": oidc.name(),
        "unsent": to == reverse("accounts:unsent") and unsent.read(request),
        "lost": unsent.LOST in request.GET,
    }
    return render(request, "accounts/signin.html", context)


def _already_in(
    request: HttpRequest, to: str, *, refused: bool = False, back: str = "", stale: bool = False
) -> HttpResponse:
    """Somebody is in, and somebody stands at the door: perhaps not the same. She is shown whose it is."""
    learner = current_learner(request)
    user = cast(User, request.user)
    context = {
        "next": to,
        "refused": refused,
        "back": back,
        "stale": stale,
        "who": learner.given_name if learner else user.get_short_name() or user.email or "",
        "door": with_next(
            "accounts:signup" if request.path == reverse("accounts:signup") else "accounts:signin",
            next_url(request),
        ),
    }
    return render(request, "accounts/already_in.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def signout(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        borrowed = request.session.get(BORROWED)
        sign_out(request)
        left = reverse("accounts:signout") + ("?may=muon" if borrowed else "")
        response = redirect(next_url(request) or left)
        if borrowed:
            wipe(response)
        unsent.forget(response)
        return response
    if not request.user.is_authenticated:
        borrowed = request.GET.get("may") == "muon"
        return render(request, "accounts/signed_out.html", {"borrowed": borrowed})
    return render(request, "accounts/signout.html")


def to_signin(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Every other door (Wagtail's own, so of staff) leads to the one that is guarded."""
    asked = {"cach": "thu"} | ({"next": url} if (url := next_url(request)) else {})
    return redirect(f"{reverse('accounts:signin')}?{urlencode(asked)}")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A tab opened before somebody signed in: what it sends may be of another person.

    A learner's own form waits until she sends it again. At the doors only the same press of the
    button twice goes on; else she is asked, and nothing of hers is kept.
    """
    doors = {reverse("accounts:signup"), reverse("accounts:signin")}
    if request.path not in doors:
        return unsent.again(request) or plain_csrf_failure(request, reason)
    if not request.user.is_authenticated:
        return plain_csrf_failure(request, reason)
    to = next_url(request) or landing(request.user)
    if _is_her_own(request):
        return redirect(to)
    response = _already_in(request, to, stale=True)
    response.status_code = 403
    return response


def _is_her_own(request: HttpRequest) -> bool:
    """The tab sent the number or address of who is in, and nobody else learns with it."""
    user, sent = request.user, request.POST.get("login") or request.POST.get("phone") or ""
    try:
        return len(household(request)) < 2 and find_user(sent[:100]) == user
    except ValidationError:
        return False


class TooManyAnswer:
    """Turns every "too many" (ours and allauth's) into 429 in Vietnamese, never into 500."""

    def __init__(self, get_response: object) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)  # type: ignore[operator]

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        from allauth.core.exceptions import RateLimited

        if isinstance(exception, TooMany | RateLimited):
            response = render(request, "429.html", status=429)
            response["Retry-After"] = "60"
            return response
        return None
