from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = "Nội dung"

    def ready(self) -> None:
        from wagtail.admin.views.pages.search import SearchView
        from wagtail.images.views.chooser import ImageChooserViewSet

        from accounts import people, retention

        from . import erasing, keeping, permissions, receivers

        # It has no words for what it lists and says "None".
        SearchView.verbose_name = SearchView.verbose_name_plural = "trang"
        ImageChooserViewSet.search_tab_label = "Tìm"  # it is asked for words before there is a language

        receivers.connect()
        people.register("cms", holds=keeping.HOLDS, words=keeping.WORDS, erase=erasing.erase)
        retention.register("cms", *keeping.TIMES)
        post_migrate.connect(permissions.after_migrate, sender=self, dispatch_uid="cms.permissions")
