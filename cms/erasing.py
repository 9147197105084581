"""What Wagtail noted about a person beside its own tables: its log's labels bear names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.models import ModelLogEntry, ReferenceIndex

from accounts.erasing import goes_too
from accounts.models import Learner, User

if TYPE_CHECKING:
    from django.db.models import Model


def erase(learner: Learner, number: int) -> None:
    _forget(learner)
    if learner.user and goes_too(learner.user, but=[learner]):
        _forget(learner.user)


def _forget(about: Learner | User) -> None:
    model: type[Model] = type(about)
    kind, pk = ContentType.objects.get_for_model(model), str(about.pk)
    ModelLogEntry.objects.filter(content_type=kind, object_id=pk).delete()
    pointing = Q(content_type=kind, object_id=pk) | Q(to_content_type=kind, to_object_id=pk)
    ReferenceIndex.objects.filter(pointing).delete()
