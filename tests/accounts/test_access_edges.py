"""Where a role must not reach, by one step."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.access import places_within, roles_of
from accounts.models import User
from tests.make import make_role


@pytest.mark.django_db
def test_nobody_is_not_the_first_user(hai_phong):
    """The one with the smallest number is often the administrator."""
    first = User.objects.create_user(
        pk=1, email="dau-tien@example.vn", name="Người đầu", password="mot-mat-khau"
    )
    make_role(first, "administrator", hai_phong)
    assert not roles_of(AnonymousUser()).exists()
    assert not places_within(AnonymousUser(), "administrator")


def test_managing_figures_is_not_editing_lessons(chi):
    assert not places_within(chi, "editor")
    assert not places_within(chi, "administrator")


def test_editing_lessons_is_not_managing_figures(bien):
    assert not places_within(bien, "official_view", "official_manage")
