from django.urls import include, path

from . import urls_back, urls_household, views, views_identity, views_mine, views_unsent

app_name = "accounts"
urlpatterns = [
    path("dang-ky/", views.signup, name="signup"),
    path("dang-ky/them/", views.more, name="more"),
    path("dang-nhap/", views.signin, name="signin"),
    path("dang-nhap/dinh-danh/", views_identity.identity, name="identity"),
    path("dang-nhap/dinh-danh/noi/", views_identity.identity_link, name="identity_link"),
    path("du-lieu-cua-toi/dinh-danh/bo/", views_identity.identity_unlink, name="identity_unlink"),
    path("dang-xuat/", views.signout, name="signout"),
    path("chua-gui/", views_unsent.unsent, name="unsent"),
    *urls_household.urlpatterns,
    *urls_back.urlpatterns,
    path("du-lieu-cua-toi/", views_mine.mine, name="mine"),
    path("du-lieu-cua-toi/ma/", views_mine.pin, name="pin"),
    path("du-lieu-cua-toi/thong-bao/", views_mine.notices_read, name="notices_read"),
    path("", include("accounts.urls_staff")),
    path("", include("accounts.urls_data")),
    path("", include("accounts.urls_twins")),
]
