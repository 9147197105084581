"""Roles, invitations, learner cards and help: part of the same names as `accounts.urls`."""

from django.urls import path

from . import views_invited, views_roles

urlpatterns = [
    path("loi-moi/<str:token>/", views_invited.invited, name="invited"),
    path("quan-ly/vai-tro/", views_roles.held, name="roles"),
    path("quan-ly/vai-tro/giao/", views_roles.grant, name="role_grant"),
    path("quan-ly/vai-tro/lich-su/", views_roles.history, name="role_history"),
    path("quan-ly/vai-tro/<int:pk>/", views_roles.role, name="role"),
    path("quan-ly/vai-tro/<int:pk>/thu-lai/", views_roles.revoke, name="role_revoke"),
    path("quan-ly/moi/nguoi/<int:pk>/", views_roles.invitation, name="invitation"),
    path("quan-ly/moi/nguoi/<int:pk>/gui-lai/", views_roles.invite_again, name="invite_again"),
    path("quan-ly/moi/nguoi/<int:pk>/thu-lai/", views_roles.call_back, name="call_back"),
]
