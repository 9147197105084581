"""The pages of Wagtail's own interface for its screens: it knows none of our refusals."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response
from wagtail.actions.copy_page import CopyPageAction
from wagtail.admin.api.actions.copy import CopyPageAPIAction
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.models import Page

from courses.errors import CourseError

# An alias would be a second page of one item; there is one language.
NOT_OURS = {"create_alias", "convert_alias", "copy_for_translation"}


class CopyAsDraft(CopyPageAPIAction):
    def _action_from_data(self, instance: Page, data: dict[str, Any]) -> CopyPageAction:
        return super()._action_from_data(instance, {**data, "keep_live": False})


class PagesAPI(PagesAdminAPIViewSet):
    actions = {
        **{name: action for name, action in PagesAdminAPIViewSet.actions.items() if name not in NOT_OURS},
        "copy": CopyAsDraft,
    }

    def action_view(self, request: Request, pk: int, action_name: str) -> Response:
        """Done wholly, or 409 with the sentence and nothing done."""
        try:
            with transaction.atomic():
                return super().action_view(request, pk, action_name)
        except CourseError as refusal:
            return Response({"detail": str(refusal)}, status=409)
