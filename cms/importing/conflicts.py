"""What stands on the site already and does not go with the package. Reads only."""

from __future__ import annotations

from courses.models import Course, Item
from quizzes.models import Question

from ..models import CoursePage, LessonPage
from .package import Package
from .problems import PackageRefused, Problems


def refuse_conflicts(package: Package) -> None:
    """Raises PackageRefused with every conflict; at most 8 queries whatever the size."""
    problems = Problems()
    page = CoursePage.objects.filter(code__iexact=package.code).first()
    _course(package, page, problems)
    _lessons(package, page, problems)
    _questions(package, problems)
    problems.stop()


def _course(package: Package, page: CoursePage | None, problems: Problems) -> None:
    say = "course.yaml"
    if page and page.code != package.code:
        problems.add(say, 0, f"đã có khóa học mang mã {page.code}, khác ở chữ hoa chữ thường.")
    elif page and page.slug != package.slug:
        problems.add(
            say, 0, f"mã {package.code} đã có ở địa chỉ “{page.slug}”, gói lại ghi slug “{package.slug}”."
        )
    elif page is None and Course.objects.filter(code__iexact=package.code).exists():
        problems.add(say, 0, f"mã {package.code} đã có kết quả học, nhưng trang của khóa học không còn.")
    other = CoursePage.objects.filter(slug=package.slug).exclude(code=package.code).first()
    taken = Course.objects.filter(slug=package.slug).exclude(code=package.code).first()
    if page is None and (other or taken):
        code = other.code if other else taken.code if taken else ""
        problems.add(say, 0, f"slug “{package.slug}” đã thuộc về khóa học {code or 'khác'}.")


def _lessons(package: Package, page: CoursePage | None, problems: Problems) -> None:
    by_key = {lesson.key: lesson for lesson in package.lessons}
    by_slug = {lesson.slug: lesson for lesson in package.lessons}
    for item in Item.objects.filter(key__in=by_key).select_related("course"):
        if item.course.code != package.code or item.kind != Item.Kind.LESSON:
            problems.add(by_key[item.key].origin, 0, f"khóa “{item.key}” đã thuộc về {item.course.code}.")
    for found in LessonPage.objects.filter(item_key__in=by_key).only("item_key", "path"):
        if page is None or not found.path.startswith(page.path):
            key = found.item_key or ""
            problems.add(by_key[key].origin, 0, f"khóa “{key}” đã thuộc về khóa học khác.")
    if page is None:
        return
    for slug, key in page.lessons().filter(slug__in=by_slug).values_list("slug", "item_key"):
        if by_slug[slug].key != key and key not in by_key:
            problems.add(by_slug[slug].origin, 0, f"địa chỉ “{slug}” đã có một bài khác của khóa học dùng.")


def _questions(package: Package, problems: Problems) -> None:
    by_key = {one.key: one for one in package.asked}
    for found in Question.objects.filter(key__in=by_key).select_related("course"):
        question = by_key[found.key]
        if found.course.code != package.code:
            problems.add(question.origin, 0, f"câu “{found.key}” đã thuộc về khóa học {found.course.code}.")
        elif found.purpose != question.purpose:
            was = Question.Purpose(found.purpose).label
            problems.add(
                question.origin,
                0,
                f"câu “{found.key}” đã là câu {was}, không đổi mục đích được; hãy đặt khóa khác.",
            )


def refuse_later(message: str) -> PackageRefused:
    """A refusal found while writing; what was written is taken back first."""
    problems = Problems()
    problems.add("", 0, message)
    return PackageRefused(problems.found)
