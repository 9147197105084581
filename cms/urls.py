from django.urls import path
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.auth import require_admin_access

from . import users, views

# Wagtail's own names only its own words; ours, read last, fill what it has not in Vietnamese.
_words = require_admin_access(JavaScriptCatalog.as_view(packages=["wagtail.admin", "cms"]))

urlpatterns = [
    path("tim/", views.search, name="search"),
    path("admin/bulk/accounts/user/<str:action>/", users.no_bulk),
    path("admin/jsi18n/", _words),
]
