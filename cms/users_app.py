from wagtail.users.apps import WagtailUsersAppConfig


class StaffAppConfig(WagtailUsersAppConfig):
    """Stands in INSTALLED_APPS in the place of `wagtail.users`."""

    user_viewset = "cms.users.StaffViewSet"
