"""Every address of the site: rooms include their own, Wagtail answers the rest."""

from django.conf import settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from . import health, media, offline, phone
from .api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("media/<path:path>", media.media, name="media"),
    path("viec-tren-may/", phone.waiting, name="waiting"),
    path("hien-thi/", phone.display, name="display"),
    path("mang-theo/", phone.carry, name="carry"),
    path("sw.js", offline.service_worker, name="service_worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("ngoai-tuyen/", offline.home, name="offline"),
    path("ngoai-tuyen/<slug:course>.json", offline.course_files, name="offline_course"),
    path("", include("certificates.urls")),
    path("", include("cms.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.urls_doors")),
    path("", include("campaign.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("", include("lms.learning.urls")),
    path("", include(wagtail_urls)),
]
if settings.DEBUG:
    urlpatterns.insert(0, path("ui/", include("lms.ui")))
