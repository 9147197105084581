"""The names allauth knows, and Wagtail's own doors: all lead to the guarded one.

Included above Wagtail, which would answer these addresses itself.
"""

from django.urls import path, re_path

from . import views, views_code, views_identity

urlpatterns = [
    path("dang-nhap/", views.signin, name="account_login"),
    path("dang-nhap/ma/", views_code.code, name="mfa_authenticate"),
    path(
        "dang-nhap/dinh-danh/<slug:provider_id>/ve/",
        views_identity.identity_back,
        name="openid_connect_callback",
    ),
    path("dang-xuat/", views.signout, name="account_logout"),
    path("dang-ky/", views.signup, name="account_signup"),
    path("admin/login/", views.to_signin),
    re_path(r"^admin/password_reset/.*$", views.to_signin),
    path("_util/login/", views.to_signin),
]
