"""What editors and administrators may do in the editor's screens.

People get into these groups by their roles (`accounts.roles`); here is what the groups may do.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

EDITORS, ADMINISTRATORS = "Editors", "Administrators"
_BOTH = [
    ("wagtailadmin", "access_admin"),
    ("courses", "release_course"),
    ("quizzes", "add_question"),
    ("quizzes", "change_question"),
    ("quizzes", "delete_question"),
    ("quizzes", "view_question"),
    ("cms", "add_film"),
    ("cms", "change_film"),
    ("cms", "delete_film"),
    ("cms", "view_film"),
    ("certificates", "add_design"),
    ("certificates", "change_design"),
    ("certificates", "view_design"),
]
_STAFF = [("accounts", "add_user"), ("accounts", "change_user"), ("accounts", "view_user")]
# Wagtail asks for the permissions of its own image model, whatever model is in its place.
_COLLECTION = [
    ("wagtailimages", "add_image"),
    ("wagtailimages", "change_image"),
    ("wagtailimages", "choose_image"),
]
_PAGES = {
    EDITORS: ["add_page", "change_page", "publish_page"],
    ADMINISTRATORS: [
        "add_page",
        "change_page",
        "publish_page",
        "lock_page",
        "unlock_page",
        "bulk_delete_page",
    ],
}


@transaction.atomic
def ensure_groups() -> None:
    """Both groups with exactly these permissions; may run again. Needs the root page."""
    root = Page.get_first_root_node()
    collection = Collection.get_first_root_node()
    if root is None or collection is None:
        return
    for name, codenames in _PAGES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*_permissions(_BOTH + (_STAFF if name == ADMINISTRATORS else [])))
        for permission in _permissions([("wagtailcore", codename) for codename in codenames]):
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
        for permission in _permissions(_COLLECTION):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=permission
            )


def _permissions(wanted: list[tuple[str, str]]) -> list[Permission]:
    apps = {app for app, _ in wanted}
    found = Permission.objects.filter(content_type__app_label__in=apps, codename__in=[c for _, c in wanted])
    return list(found)


def after_migrate(**kwargs: Any) -> None:
    """Rows of permissions are themselves made by post_migrate, in no promised order: make them first."""
    if GroupCollectionPermission._meta.db_table not in connection.introspection.table_names():
        return  # a partial migration
    for room in (
        "wagtailadmin",
        "wagtailcore",
        "accounts",
        "courses",
        "quizzes",
        "certificates",
        "cms",
        "wagtailimages",
    ):
        create_permissions(apps.get_app_config(room), verbosity=0)
    ensure_groups()
