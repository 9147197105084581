"""Who is learning now, for templates of private pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .. import display, trust
from ..models import Learner
from ..naming import FIELD
from ..sessions import current_learner, household

register = template.Library()


def _request(context: Context) -> Any:
    request = context.get("request")
    return request if getattr(request, "user", None) and hasattr(request, "session") else None


@register.simple_tag(takes_context=True)
def learning_now(context: Context) -> Learner | None:
    request = _request(context)
    return current_learner(request) if request else None


@register.simple_tag(takes_context=True)
def seen_by_her(context: Context) -> SafeString | str:
    """Attributes of <html>: what she chose to see, also without script and on a new phone."""
    learner = learning_now(context)
    chosen = display.seen_by(learner) if learner else None
    if chosen is None:
        return ""
    return format_html(" data-hers{}", format_html_join("", ' data-{}="{}"', chosen.items()))


@register.simple_tag(takes_context=True)
def people_here(context: Context) -> list[Learner]:
    """The people of this sign-in; empty when nobody is signed in."""
    request = _request(context)
    return household(request) if request else []


@register.simple_tag
def trainers_help() -> bool:
    """Whether a trainer can hand out a one-time code: only where a room of classes says so."""
    return trust.anybody_may()


@register.simple_tag
def made_for(learner: Learner | None) -> SafeString | str:
    """The field that says whose form this is (`accounts.naming`)."""
    if learner is None:
        return ""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, learner.public_id)
