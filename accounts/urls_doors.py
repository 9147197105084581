"""The names allauth knows, and Wagtail's own doors: all lead to the guarded one.

Included above Wagtail, which would answer these addresses itself.
"""

from django.urls import path, re_path

from . import views, views_factor, views_identity

urlpatterns = [
    path("dang-nhap/", views.signin, name="account_login"),
    path("dang-nhap/ma/", views_factor.code, name="mfa_authenticate"),
    path("hai-buoc/", views_factor.index, name="mfa_index"),
    path("hai-buoc/ung-dung/", views_factor.totp, name="mfa_activate_totp"),
    path("hai-buoc/ung-dung/bo/", views_factor.totp_remove, name="mfa_deactivate_totp"),
    path("hai-buoc/khoa/", views_factor.key_add, name="mfa_add_webauthn"),
    path("hai-buoc/khoa/<int:pk>/bo/", views_factor.key_remove, name="mfa_remove_webauthn"),
    path("hai-buoc/ma-du-phong/", views_factor.recovery, name="mfa_view_recovery_codes"),
    path("hai-buoc/xac-nhan/", views_factor.confirm, name="account_reauthenticate"),
    path("hai-buoc/xac-nhan/", views_factor.confirm, name="mfa_reauthenticate"),
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
