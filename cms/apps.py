from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = "Nội dung"

    def ready(self) -> None:
        from . import permissions, receivers

        receivers.connect()
        post_migrate.connect(permissions.after_migrate, sender=self, dispatch_uid="cms.permissions")
