"""`/tro-giup/`: whom to ask nearby, a message without an account, a word about any page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from places.fields import Typed
from places.models import Place

from . import helping, page_words
from .forms_help import FeedbackForm, MessageForm, WhereForm, safe_path
from .models import HelpContact, HelpMember, HelpMessage
from .sessions import current_learner

SENT = "Đã gửi lời nhắn. Nếu bạn đã ghi số điện thoại, cán bộ sẽ gọi lại trong giờ làm việc."
THANKS = "Cảm ơn bạn. Ý kiến của bạn đã được gửi."


def _commune(code: str) -> Place | None:
    return Place.objects.current().communes().filter(code=code).first() if code else None


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The commune chosen, or the learner's own, and who helps there."""
    asked = "xa" in request.GET or "xa_code" in request.GET
    form = WhereForm(request.GET if asked else None)
    place = form.cleaned_data["xa"] if asked and form.is_valid() else None
    if not asked:
        learner = current_learner(request)
        place = _commune(request.GET.get("noi", "")[:5]) or (learner.commune if learner else None)
    context = {"form": form, "place": place}
    if place:
        context["contact"] = HelpContact.objects.filter(place=place).first()
        context["members"] = HelpMember.objects.filter(place=place, withdrawn_at=None).order_by(
            "area", "name"
        )
        if not asked:
            context["form"] = WhereForm(initial={"xa": Typed.of(place)})
    return render(request, "accounts/help.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str) -> HttpResponse:
    """A message to the people of a commune."""
    place = _commune(code)
    if place is None:
        return redirect("accounts:help")
    form = MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            helping.allow(request)
        except helping.TooOften as error:
            form.add_error(None, str(error))
        else:
            if not form.is_trapped:
                HelpMessage.objects.create(
                    place=place, name=data["name"], phone=data["phone"], text=data["text"]
                )
            messages.success(request, SENT)
            return redirect(f"{reverse('accounts:help')}?noi={place.code}")
    return render(request, "accounts/help_write.html", {"form": form, "place": place})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest) -> HttpResponse:
    """Whether a page helped. It says which page; the page itself holds no form."""
    page = safe_path(request.POST.get("page") or request.GET.get("trang") or _came_from(request))
    words = page_words.of([page])[page]
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial={"page": page})
    if request.method == "POST" and form.is_valid():
        try:
            helping.allow(request)
        except helping.TooOften as error:
            form.add_error(None, str(error))
        else:
            if not form.is_trapped:
                data = form.cleaned_data
                helping.give_feedback(page=data["page"], helped=form.did_help, text=data["text"])
            messages.success(request, THANKS)
            return redirect("accounts:feedback_thanks")
    return render(request, "accounts/feedback.html", {"form": form, "page": page, "words": words})


@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/feedback_thanks.html")


def _came_from(request: HttpRequest) -> str:
    """The path of the page whose link was followed: the same bytes for everyone cannot name it."""
    referer = request.headers.get("Referer", "")
    own = f"{request.scheme}://{request.get_host()}"
    return referer.removeprefix(own) if referer.startswith(own + "/") else "/"
