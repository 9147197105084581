"""Finishing a lesson without script, and reading a withdrawn lesson of one's own edition."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.acting import CannotAct
from accounts.models import Learner
from accounts.naming import of_another, to_chooser
from accounts.sessions import current_learner, must_choose
from courses import progress
from courses.errors import CourseError
from courses.models import Course, EditionItem, Enrolment, Item
from ledger.recording import UuidReused

from .. import completing
from .access import learner_required, no_learner
from .overview import url_of


@dataclass(frozen=True)
class Following:
    """Where a learner goes after a lesson."""

    url: str
    words: str

    @property
    def shared(self) -> bool:
        """A page that is the same for everyone."""
        return self.url.startswith("/khoa-hoc/")


class DoneForm(forms.Form):
    """`uuid` is made with the page, so that pressing twice is one act."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_done(request: HttpRequest, course: str, lesson: str) -> HttpResponse:
    item = lesson_of(course, lesson)
    if must_choose(request):
        return to_chooser(request)
    if refusal := of_another(request):
        return refusal
    learner = current_learner(request)
    if learner is None and request.user.is_authenticated:
        return no_learner(request)
    following = following_of(item, learner)
    form = DoneForm(request.POST or None, initial={"uuid": uuid.uuid4()})
    error = ""
    if learner and request.method == "POST" and form.is_valid():
        try:
            return _finish(request, learner, item, form.cleaned_data["uuid"], following)
        except (CourseError, CannotAct) as refusal:
            error = str(refusal)
        except UuidReused:  # the page of another lesson, changed by hand: nothing was written
            error = "Trang này đã cũ nên chưa ghi được. Bạn hãy mở lại trang rồi bấm lần nữa."
    context = {"item": item, "learner": learner, "following": following, "form": form, "error": error}
    return render(request, "lms/learning/lesson_done.html", context, status=409 if error else 200)


def _finish(
    request: HttpRequest, learner: Learner, item: Item, act: uuid.UUID, following: Following
) -> HttpResponse:
    got = progress.finish_lesson(actor=f"user:{request.user.pk}", uuid=act, learner=learner, item=item)
    if got.completed_now:
        completing.paper_of(learner=learner, course=item.course)
        return redirect("learning:finished", course=item.course.slug)
    if not following.shared:  # a shared page shows no message, so it would turn up later elsewhere
        messages.success(request, f"Đã ghi: bạn học xong bài “{item.title}”.")
    return redirect(following.url)


@require_safe
@learner_required
def withdrawn(request: HttpRequest, learner: Learner, course: str, lesson: str) -> HttpResponse:
    """A lesson that is no longer on the site, for those whose edition still asks it."""
    item = lesson_of(course, lesson)
    if item.is_live:
        return redirect(item.url)
    mine = Enrolment.objects.filter(learner=learner, course=item.course, edition__edition_items__item=item)
    revision = item.revision or item.revisions.order_by("-number").first()
    if revision is None or not mine.exists():
        raise Http404
    return render(request, "lms/learning/withdrawn.html", {"item": item, "revision": revision})


def lesson_of(course: str, lesson: str) -> Item:
    """The lesson of that address; a live one before a withdrawn one that had the same."""
    named = Item.objects.filter(Q(slug=lesson) | Q(key=lesson), course__slug=course, kind=Item.Kind.LESSON)
    items = list(named.select_related("course", "revision"))
    if not items:
        raise Http404
    return max(items, key=lambda item: (item.is_live, item.pk))


def following_of(item: Item, learner: Learner | None) -> Following:
    """The next required thing after this lesson that she has not done; else the course's page."""
    course = item.course
    enrolment = Enrolment.objects.filter(learner=learner, course=course).first() if learner else None
    edition = enrolment.edition_id if enrolment else course.current_edition_id
    asked = EditionItem.objects.filter(edition=edition).select_related("item").order_by("position")
    if learner:
        asked = asked.exclude(Q(item__done__learner=learner) & ~Q(item=item))
    items = [one.item for one in asked]
    place = next((index for index, one in enumerate(items) if one.pk == item.pk), -1)
    rest = items[place + 1 :] + (items[:place] if place > 0 and learner else [])
    if not rest:
        return Following(_course_url(course), f"Về khóa học “{course.title}”")
    words = "Làm bài kiểm tra" if rest[0].kind == Item.Kind.TEST else f"Bài tiếp theo: {rest[0].title}"
    return Following(url_of(rest[0], course), words)


def _course_url(course: Course) -> str:
    return f"/khoa-hoc/{course.slug}/"


def done_url(item: Item) -> str:
    return reverse("learning:lesson_done", args=[item.course.slug, item.slug or item.key])
