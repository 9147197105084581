"""Who stands on a new paper as its issuer, and before its date."""

from __future__ import annotations

from courses.models import Course
from places.models import Place

from .models import Design


def for_paper(*, course: Course, commune: Place) -> Design:
    """The design in use for the course, else one made of the name of the commune's province."""
    return Design.objects.for_course(course) or of_province(commune.parent or commune)


def of_province(province: Place) -> Design:
    """`Học Vụ Số thành phố Hải Phòng`, unsaved: nothing here is tied to one city."""
    name = province.name[:1].lower() + province.name[1:]
    return Design(issuer=f"Học Vụ Số {name}", city=province.short_name)


def seed(province: Place) -> Design:
    """Give editors a row to change: the default, kept. Changes nothing when there is one for all courses."""
    found = Design.objects.filter(course=None).order_by("-active", "pk").first()
    if found:
        return found
    design = of_province(province)
    design.save()
    return design
