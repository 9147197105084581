"""Officials: the same person twice, suggested, merged, undone."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from places.models import Place

from . import looks, merging, suggesting
from .access import places_within, staff_only
from .forms_twins import MergeForm, PlaceForm, UndoForm
from .merging import managed_by
from .models import Learner, Merge, Role, User
from .people import holdings

PER_PAGE = 20
SCREEN = "Hồ sơ trùng nhau"


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _managed(request: HttpRequest) -> Any:
    return managed_by(_user(request)).standing()


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_safe
@never_cache
def twins(request: HttpRequest) -> HttpResponse:
    """Pairs of one commune that look like one person, the surest first."""
    places = places_within(request.user, Role.Kind.OFFICIAL_MANAGE).current().communes().order_by("name")
    form = PlaceForm(request.GET if "xa" in request.GET else None, places=places)
    sure = suggesting.exact_by_commune(places) if len(places) > 1 else {}
    first = next((place for place in places if place.pk in sure), places.first())
    chosen: Place | None = form.cleaned_data["xa"] if form.is_valid() else first
    if form.is_bound and not form.is_valid():
        raise Http404("not found, or not hers: both look the same")
    pairs = suggesting.alike_in(chosen) if chosen else []
    page = Paginator(pairs, PER_PAGE).get_page(request.GET.get("trang"))
    shown = Learner.objects.select_related("commune", "neighbourhood", "user").in_bulk(
        {pk for pair in page for pk in (pair.one, pair.other)}
    )
    looks.note(by=request.user, learners=shown.values(), screen=SCREEN)
    context = {
        "desk": "twins",
        "place": chosen,
        "form": PlaceForm(initial={"xa": chosen.code if chosen else None}, places=places),
        "many": len(places) > 1,
        "sure": [(place, sure[place.pk]) for place in places if place.pk in sure],
        "page": page,
        "pairs": [(pair, shown[pair.one], shown[pair.other]) for pair in page],
        "query": f"xa={chosen.code}&" if chosen else "",
    }
    return render(request, "accounts/desk/twins.html", context)


def _pair(request: HttpRequest, one: uuid.UUID, other: uuid.UUID) -> list[Learner]:
    rows = _managed(request).select_related("commune", "neighbourhood", "user")
    found = sorted(rows.filter(public_id__in=[one, other]), key=lambda learner: learner.pk)
    if len(found) != 2:
        raise Http404("not found, or not hers: both look the same")
    return found


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def pair(request: HttpRequest, one: uuid.UUID, other: uuid.UUID) -> HttpResponse:
    """Both records side by side with what they have; merge them here."""
    found = _pair(request, one, other)
    has = [_has(learner) for learner in found]
    form = MergeForm(
        request.POST if request.method == "POST" else None,
        pair=found,
        initial={"keep": str(_fuller(found, has).pk)},
    )
    if request.method == "POST" and form.is_valid():
        keep, away = sorted(found, key=lambda each: str(each.pk) != form.cleaned_data["keep"])
        try:
            merging.merge(
                by=_user(request), duplicate=away, canonical=keep, reason=form.cleaned_data["reason"]
            )
        except merging.MergeRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã gộp hai hồ sơ làm một. Nếu nhầm, bạn bỏ gộp được ở trang này.")
            return redirect("accounts:merges")
    looks.note(by=request.user, learners=found, screen=SCREEN)
    sides = list(zip("AB", found, has, strict=True))
    context = {"desk": "twins", "sides": sides, "form": form, "one": one, "other": other}
    return render(request, "accounts/desk/twin_pair.html", context)


def _fuller(found: list[Learner], has: list[list[tuple[str, int]]]) -> Learner:
    """The one with more to lose, then the one who can sign in, is offered as the one that stays."""
    sizes = [
        (sum(number for _, number in each), one.user_id is not None)
        for each, one in zip(has, found, strict=True)
    ]
    return found[sizes.index(max(sizes))]


def _has(learner: Learner) -> list[tuple[str, int]]:
    """What was learned under this record: (kind of thing, how many)."""
    numbers = [
        (holding.title, holding.rows(learner).count())
        for room, holding in holdings()
        if room != "accounts" and holding.of_learner and holding.title
    ]
    return [(title, number) for title, number in numbers if number]


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_POST
@never_cache
def apart(request: HttpRequest, one: uuid.UUID, other: uuid.UUID) -> HttpResponse:
    """They are two people: remembered, and not suggested again."""
    first, second = _pair(request, one, other)
    suggesting.tell_apart(one=first, other=second, by=_user(request))
    messages.success(request, "Đã ghi: đây là hai người. Cặp này không được gợi ý nữa.")
    return redirect("accounts:twins")


def _merges(request: HttpRequest) -> Any:
    hers = managed_by(_user(request)).values("pk")
    return Merge.objects.filter(duplicate__in=hers, canonical__in=hers).select_related(
        "duplicate__commune", "canonical__commune", "merged_by", "undone_by"
    )


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_safe
@never_cache
def merges(request: HttpRequest) -> HttpResponse:
    """Every merge of her places, the newest first, with its undoing."""
    page = Paginator(_merges(request).order_by("-pk"), PER_PAGE).get_page(request.GET.get("trang"))
    people = {learner for each in page for learner in (each.duplicate, each.canonical)}
    looks.note(by=request.user, learners=people, screen=SCREEN)
    return render(request, "accounts/desk/merges.html", {"desk": "twins", "page": page})


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what comes back, ask once more, make them two again."""
    found = get_object_or_404(_merges(request), pk=pk)
    if found.undone_at:
        messages.info(request, "Lần gộp này đã được bỏ trước đó.")
        return redirect("accounts:merges")
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            merging.unmerge(by=_user(request), merge=found, reason=form.cleaned_data["reason"])
        except merging.MergeRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã bỏ gộp: đây lại là hai người.")
            return redirect("accounts:merges")
    looks.note(by=request.user, learners=[found.duplicate, found.canonical], screen=SCREEN)
    return render(request, "accounts/desk/merge_undo.html", {"desk": "twins", "merge": found, "form": form})
