"""Small helpers of the parts in `lms/ui/`: what a template cannot compute by itself."""

from django import template
from django.conf import settings
from django.forms import PasswordInput
from django.templatetags.static import static

from accounts.forms import PinInput

register = template.Library()

MOST_LAMPS = 24


@register.filter
def lamps(total: int | None, lit: int | None) -> list[bool]:
    """One bool a lamp, lit ones first. Empty above 24 lamps: a progress bar reads better there."""
    total, lit = int(total or 0), int(lit or 0)
    if total > MOST_LAMPS:
        return []
    return [place < lit for place in range(total)]


@register.filter
def first_input(field: object) -> str:
    """The id that a link to a form field should point at: its first radio, or the input itself."""
    auto_id = getattr(field, "auto_id", "")
    widget = getattr(field, "widget_type", "")
    return f"{auto_id}_0" if widget in ("radioselect", "faceselect", "checkboxselectmultiple") else auto_id


@register.filter
def no_stop(words: object) -> str:
    """A label that is a sentence, ready to be followed by a colon."""
    return str(words).rstrip(".?: ")


@register.filter
def emptied(form: object) -> str:
    """What of a form that comes back has to be typed again, in words; "" when all of it is kept."""
    widgets = [field.widget for field in getattr(form, "fields", {}).values()]
    if any(isinstance(one, PinInput) for one in widgets):
        return "mã 6 số"
    lost = any(isinstance(one, PasswordInput) and not one.render_value for one in widgets)
    return "mật khẩu" if lost else ""


@register.filter
def secret_alone(form: object) -> bool:
    """Whether a PIN or a password is all there is to type: then nothing of it is kept."""
    widgets = [field.widget for field in getattr(form, "fields", {}).values() if not field.widget.is_hidden]
    return bool(widgets) and all(isinstance(one, PinInput | PasswordInput) for one in widgets)


@register.simple_tag
def offline_on() -> bool:
    """Whether phones may keep pages (settings.OFFLINE)."""
    return bool(settings.OFFLINE)


@register.simple_tag
def absolute_static(path: str) -> str:
    """The full address of a static file, as Zalo and Facebook ask for it: never from a request's host."""
    return f"{settings.SITE_URL}{static(path)}"
