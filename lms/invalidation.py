"""What makes kept pages old: any change of pages, pictures, snippets or settings."""

from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.models import Page, Site
from wagtail.signals import page_published, page_unpublished, post_page_move, published, unpublished

from cms.models import Film, LessonAudio, Picture

from . import pagecache

_UID = "lms.invalidation"
_SHOWN = (Site, BaseSiteSetting, Picture, Film, LessonAudio)


def forget_pages(sender: type, **kwargs: Any) -> None:
    transaction.on_commit(pagecache.bump)


def forget_pages_if_shown(sender: type[Model], **kwargs: Any) -> None:
    """Drafts are saved often and shown to nobody; settings, pictures and films are shown at once."""
    if issubclass(sender, _SHOWN):
        transaction.on_commit(pagecache.bump)


def forget_pages_of_deleted(sender: type[Model], **kwargs: Any) -> None:
    if issubclass(sender, (Page, *_SHOWN)):
        transaction.on_commit(pagecache.bump)


def connect() -> None:
    """Called once when the project starts."""
    for signal in (page_published, page_unpublished, post_page_move, published, unpublished):
        signal.connect(forget_pages, dispatch_uid=_UID)
    post_save.connect(forget_pages_if_shown, dispatch_uid=_UID)
    post_delete.connect(forget_pages_of_deleted, dispatch_uid=_UID)
