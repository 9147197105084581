"""Making pages from plain data: what importers and `seed` call. Everything may run twice.

    index = authoring.ensure_site()
    with authoring.bulk():
        picture, _ = authoring.put_picture(origin="kns04/media/x.svg", title=…, data=…)
        course, changed = authoring.put_course(code="KNS04", slug=…, title=…, …)
        lesson, changed = authoring.put_lesson(course=course, key="kns04-01", …, blocks=[…])
        questions: quizzes.banking.put_question (exam) after the course is live
    authoring.make_live([course, *lessons])     # one short transaction, refuses nothing half-way
    release.release(page=course, by=user)

`blocks` is the raw list of a StreamField: {"type", "value", "id"?}. For a question or
practice block the id given is its key in the bank. HTML in paragraph, list, steps and boxes is cleaned here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.models import Collection, Locale, Page, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from accounts.models import User
from common.html import clean_rich_text
from courses.errors import WrongCourse
from ledger.recording import digest_of

from .models import BasePage, CourseIndexPage, CoursePage, HomePage, LessonPage, Picture
from .models.pictures import check_file
from .permissions import ensure_groups

TEST_FIELDS = {
    "draw": "test_draw",
    "pass_percent": "pass_percent",
    "attempts_per_day": "attempts_per_day",
    "wait_minutes": "wait_minutes",
    "time_limit_minutes": "time_limit_minutes",
}


@contextmanager
def bulk() -> Iterator[None]:
    """Leave Wagtail's reference index alone meanwhile: 18 queries a save instead of 23.

    Run `rebuild_references_index` afterwards if the "used in" lists of the editor matter.
    """
    with disable_reference_index_auto_update():
        yield


@transaction.atomic
def ensure_site() -> CourseIndexPage:
    """The root, the front page, the catalogue at /khoa-hoc/ and the site record; made once."""
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Gốc")
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Gốc", slug="root"))
    Page.objects.filter(pk=root.pk, title="Root").update(title="Gốc", draft_title="Gốc")
    Collection.objects.filter(depth=1, name="Root").update(name="Gốc")
    home = HomePage.objects.first()
    if home is None:
        home = root.add_child(instance=HomePage(title="Học Vụ Số", slug="trang-chu", lead=_LEAD))
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"root_page": home, "site_name": "Học Vụ Số"},
        create_defaults={"hostname": "localhost", "port": 80, "root_page": home, "site_name": "Học Vụ Số"},
    )
    _drop_welcome(root)
    index = CourseIndexPage.objects.first()
    if index is None:
        index = home.add_child(instance=CourseIndexPage(title="Khóa học", slug="khoa-hoc", intro=_INTRO))
    ensure_groups()
    return index


_LEAD = "Bài ngắn, chữ to, lời dễ hiểu. Miễn phí. Chưa cần tài khoản."
_INTRO = "Mỗi khóa gồm vài bài ngắn. Học lúc nào cũng được, nghỉ lúc nào cũng được."


def _drop_welcome(root: Page) -> None:
    """Wagtail's own first migration leaves a welcome page."""
    welcome = root.get_children().filter(slug="home", depth=2).exact_type(Page).first()
    if welcome and not welcome.get_children().exists():
        welcome.delete()


def put_picture(
    *, origin: str, title: str, data: bytes, filename: str, description: str = ""
) -> tuple[Picture, bool]:
    """The picture of this origin holding these bytes; and whether anything changed.

    Raises ValidationError for a file that is no picture. Parses: call it outside a transaction.
    """
    digest = digest_of([data.hex(), title, description])
    picture = Picture.objects.filter(origin=origin).first()
    if picture and picture.origin_digest == digest:
        return picture, False
    check_file(data, filename)
    picture = picture or Picture(origin=origin)
    picture.title, picture.description, picture.origin_digest = title[:255], description[:255], digest
    picture.file = ContentFile(data, name=filename)
    picture.full_clean(exclude=["width", "height"])
    picture.save()
    return picture, True


def put_course(
    *,
    code: str,
    slug: str,
    title: str,
    summary: str,
    audience: str = "",
    competences: Sequence[str] = (),
    licence: str = "",
    cover: Picture | None = None,
    final_test: Mapping[str, int] | None = None,
    user: User | None = None,
    anyway: bool = False,
) -> tuple[CoursePage, bool]:
    """The course page of this code as a draft to be made live; and whether anything changed.

    `final_test` has draw, pass_percent, attempts_per_day, wait_minutes, time_limit_minutes;
    None means a course without a test. `anyway` writes these words over a person's although
    they are the words put last time. Raises ValidationError.
    """
    fields: dict[str, Any] = {
        "code": code,
        "slug": slug,
        "title": title,
        "summary": summary,
        "audience": audience,
        "competences": list(competences),
        "licence": licence,
        "cover_id": cover.pk if cover else None,
        "has_test": final_test is not None,
        **{TEST_FIELDS[name]: value for name, value in (final_test or {}).items() if name in TEST_FIELDS},
    }
    page = CoursePage.objects.filter(code=code).first()
    return cast("tuple[CoursePage, bool]", _put(page, CoursePage, ensure_site, fields, user, anyway))


def put_lesson(
    *,
    course: CoursePage,
    key: str,
    slug: str,
    title: str,
    objective: str,
    minutes: int,
    blocks: Sequence[Mapping[str, Any]],
    competences: Sequence[str] = (),
    sources: str = "",
    required: bool = True,
    user: User | None = None,
    anyway: bool = False,
) -> tuple[LessonPage, bool]:
    """The lesson page of this key as a draft to be made live; and whether anything changed.

    New lessons come after the present ones: put them in order. `anyway` as for a course.
    Raises ValidationError.
    """
    body = [_cleaned(block) for block in blocks]
    fields: dict[str, Any] = {
        "slug": slug,
        "title": title,
        "objective": objective,
        "minutes": minutes,
        "competences": list(competences),
        "sources": clean_rich_text(sources),
        "required": required,
        "body": body,
    }
    page = LessonPage.objects.filter(item_key=key).first()
    if page and page.get_parent().pk != course.pk:
        raise WrongCourse(key)
    page, changed = _put(page, LessonPage, lambda: course, fields, user, anyway, item_key=key)
    keyed = {"question", "practice"}
    keys = {block["id"]: block["id"] for block in body if block["type"] in keyed and block.get("id")}
    if changed and keys.items() - page.question_keys.items():
        page.question_keys = {**page.question_keys, **keys}
        LessonPage.objects.filter(pk=page.pk).update(question_keys=page.question_keys)
    return page, changed


@transaction.atomic
def _put(
    page: Any,
    model: type[BasePage],
    parent: Callable[[], Page],
    fields: dict[str, Any],
    user: User | None,
    anyway: bool,
    **once: Any,
) -> tuple[Any, bool]:
    """Save the fields as a draft of an existing page or as a new page that is not live."""
    digest = digest_of(fields)
    if page is None:
        page = model(
            live=False,
            has_unpublished_changes=True,
            source_digest=digest,
            owner=user,
            **once,
            **_loaded(fields),
        )
        parent().add_child(instance=page)
        page.save_revision(user=user, clean=False)
        return page, True
    latest = page.get_latest_revision_as_object()
    if latest.source_digest == digest and not anyway:
        return page, False
    for name, value in _loaded({**fields, "source_digest": digest}).items():
        setattr(latest, name, value)
    latest.full_clean()
    latest.save_revision(user=user, clean=False)
    page.refresh_from_db()
    return page, True


def _loaded(fields: dict[str, Any]) -> dict[str, Any]:
    """The raw body as the StreamField wants it: validated, so that a bad block is refused here."""
    if "body" not in fields:
        return fields
    block = LessonPage.body.field.stream_block
    value = block.to_python([dict(one) for one in fields["body"]])
    return {**fields, "body": block.clean(value)}


def _cleaned(block: Mapping[str, Any]) -> dict[str, Any]:
    """The block with its HTML cleaned."""
    kind, value = block["type"], block["value"]
    if kind in {"paragraph", "tip", "warning", "example"}:
        value = clean_rich_text(value)
    elif kind == "list":
        value = [clean_rich_text(item) for item in value]
    elif kind == "steps":
        value = [{**step, "explanation": clean_rich_text(step.get("explanation") or "")} for step in value]
    return {**block, "value": value}


@transaction.atomic
def make_live(pages: Iterable[BasePage], *, user: User | None = None) -> list[BasePage]:
    """Publish the latest draft of each page that has one: all of them or none."""
    published = []
    for page in pages:
        page.refresh_from_db()
        if page.live and not page.has_unpublished_changes:
            continue
        page.get_latest_revision().publish(user=user)
        page.refresh_from_db()
        published.append(page)
    return published
