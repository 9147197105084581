"""Checking a paper in public, and its files."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import looks, own_pin
from accounts.at_work import as_staff
from accounts.doors import address_of
from accounts.naming import to_chooser
from accounts.sessions import current_learner, must_choose
from common import throttles

from . import rendering, serials
from .forms import CheckForm
from .models import ErasedPaper, Paper

PER_MINUTE = 60  # of each kind from one address: a hall behind one router can check its papers
View = Callable[..., HttpResponse]


class NoSuchPaper(Exception):
    """Nobody has a paper of this number; `why` is for the person who typed it."""

    def __init__(self, typed: str, why: str) -> None:
        super().__init__(why)
        self.typed, self.why = typed, why


class PaperErased(Exception):
    """Its holder was erased; the number alone is known."""

    def __init__(self, erased: ErasedPaper) -> None:
        super().__init__(erased.serial)
        self.erased = erased


def about_papers(kind: str) -> Callable[[View], View]:
    """Read only, never indexed, never cached for others, 60 a minute from one address."""

    def decorate(view: View) -> View:
        @require_safe
        @cache_control(private=True, no_cache=True, no_store=True)
        @wraps(view)
        def wrapped(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
            address = address_of(request)
            if not throttles.allowed(f"papers:{kind}:{address}", limit=PER_MINUTE, seconds=60):
                response = render(request, "certificates/too_many.html", status=429)
                response["Retry-After"] = str(throttles.wait(60))
            else:
                try:
                    response = view(request, *args, **kwargs)
                except NoSuchPaper as none:
                    response = _unknown(request, none)
                except PaperErased as gone:
                    context = {"paper": gone.erased}
                    response = render(request, "certificates/erased.html", context, status=410)
            response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
            return response

        return wrapped

    return decorate


@about_papers("page")
def check(request: HttpRequest) -> HttpResponse:
    """Type a number; a right one leads to its page."""
    form = CheckForm(request.GET if "so" in request.GET else None)
    if form.is_valid():
        return redirect("certificates:paper", serial=form.cleaned_data["so"])
    return render(request, "certificates/check.html", {"form": form})


@about_papers("page")
def paper(request: HttpRequest, serial: str) -> HttpResponse:
    """What anybody may know about a paper: whether it is valid, and what it says."""
    found = _find(serial)
    if found.serial != serial:
        return redirect(found, permanent=True)
    return _page(request, found)


@about_papers("file")
def pdf(request: HttpRequest, serial: str) -> HttpResponse:
    """The paper itself, with the whole name: for its owner and for officials of her place."""
    found = _find(serial)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if found.learner.user_id == request.user.pk and must_choose(request):
        return to_chooser(request)
    owner = _is_owner(request, found)
    if owner and not own_pin.confirmed(request, found.learner):
        return own_pin.to_confirm(request)
    if not (owner or Paper.objects.visible_to(as_staff(request)).filter(pk=found.pk).exists()):
        raise PermissionDenied
    if not found.is_live:
        return _page(request, found, status=410)
    if not owner:
        looks.note(by=request.user, learners=[found.learner_id], screen="Tờ giấy để in")
    return _file(rendering.pdf(found), "application/pdf", f"giay-ghi-nhan-{found.number}.pdf")


@about_papers("file")
def picture(request: HttpRequest, serial: str) -> HttpResponse:
    """The picture for Zalo: says what the public page says."""
    found = _find(serial)
    if not found.is_live:
        return _page(request, found, status=410)
    return _file(rendering.picture(found), "image/png", f"giay-ghi-nhan-{found.number}.png")


def _find(typed: str) -> Paper:
    try:
        serial = serials.parse(typed)
    except serials.BadSerial as refusal:
        raise NoSuchPaper(typed, str(refusal)) from None
    found = Paper.objects.select_related("learner", "replaced_by").filter(serial=serial).first()
    if found is None:
        erased = ErasedPaper.objects.filter(serial=serial).first()
        raise PaperErased(erased) if erased else NoSuchPaper(serials.grouped(serial), "")
    return found


def _unknown(request: HttpRequest, none: NoSuchPaper) -> HttpResponse:
    typed = none.typed[:60]
    context = {"form": CheckForm(initial={"so": typed}), "typed": typed, "why": none.why}
    return render(request, "certificates/unknown.html", context, status=404)


def _page(request: HttpRequest, found: Paper, status: int = 200) -> HttpResponse:
    hers = _is_owner(request, found)
    owner = hers and own_pin.confirmed(request, found.learner)
    staff = as_staff(request)
    manages = staff.is_authenticated and Paper.objects.visible_to(staff).filter(pk=found.pk).exists()
    successor = getattr(found, "replaced_by", None)
    context = {
        "paper": found,
        "name": found.name if owner else found.public_name,
        "owner": owner,
        "locked": hers and not owner,
        "manages": manages,
        "replaced": successor is not None,
        "successor": successor if owner or manages else None,
        "address": request.build_absolute_uri(found.get_absolute_url()),
        "title": rendering.TITLE,
        "notice": rendering.NOTICE,
    }
    return render(request, "certificates/paper.html", context, status=status)


def _is_owner(request: HttpRequest, found: Paper) -> bool:
    """She is learning now; another person on her phone sees what the public sees."""
    return request.user.pk == found.learner.user_id and current_learner(request) == found.learner


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
