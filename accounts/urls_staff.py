"""Roles, invitations, learner cards and help: part of the same names as `accounts.urls`."""

from django.urls import path

from . import views_alarms, views_bulk, views_cards, views_help, views_help_desk, views_invited, views_roles

urlpatterns = [
    path("tro-giup/", views_help.home, name="help"),
    path("tro-giup/nhan/<str:code>/", views_help.write, name="help_write"),
    path("gop-y/", views_help.feedback, name="feedback"),
    path("gop-y/cam-on/", views_help.thanks, name="feedback_thanks"),
    path("quan-ly/tin-nhan/", views_help_desk.inbox, name="inbox"),
    path("quan-ly/tin-nhan/<int:pk>/", views_help_desk.handle, name="inbox_handle"),
    path("quan-ly/tro-giup/<str:code>/", views_help_desk.contact, name="help_contact"),
    path("quan-ly/tro-giup/nguoi/<int:pk>/rut/", views_help_desk.withdraw, name="help_withdraw"),
    path("quan-ly/gop-y/", views_help_desk.feedback, name="feedback_list"),
    path("quan-ly/bao-dong/", views_alarms.alarms_list, name="alarms"),
    path("quan-ly/bao-dong/<int:pk>/", views_alarms.alarm, name="alarm"),
    path("loi-moi/<str:token>/", views_invited.invited, name="invited"),
    path("the/", views_cards.card, name="card"),
    path("the/vao/", views_cards.card_enter, name="card_enter"),
    path("the/can-ma/", views_cards.card_pin, name="card_pin"),
    path("du-lieu-cua-toi/the/", views_cards.own, name="own_card"),
    path("du-lieu-cua-toi/the/the-hoc.png", views_cards.own_file, {"kind": "png"}, name="own_card_png"),
    path("du-lieu-cua-toi/the/the-hoc.pdf", views_cards.own_file, {"kind": "pdf"}, name="own_card_pdf"),
    path("quan-ly/the/", views_cards.people, name="cards"),
    path("quan-ly/the/in/", views_cards.print_cards, name="cards_print"),
    path("quan-ly/the/<int:pk>/thay/", views_cards.replace_card, name="card_replace"),
    path("quan-ly/vai-tro/", views_roles.held, name="roles"),
    path("quan-ly/vai-tro/giao/", views_roles.grant, name="role_grant"),
    path("quan-ly/vai-tro/lich-su/", views_roles.history, name="role_history"),
    path("quan-ly/vai-tro/<int:pk>/", views_roles.role, name="role"),
    path("quan-ly/vai-tro/<int:pk>/thu-lai/", views_roles.revoke, name="role_revoke"),
    path("quan-ly/moi/", views_bulk.upload, name="bulk_upload"),
    path("quan-ly/moi/mau.xlsx", views_bulk.template, name="bulk_template"),
    path("quan-ly/moi/<uuid:reference>/", views_bulk.batch, name="bulk"),
    path("quan-ly/moi/<uuid:reference>/xac-nhan/", views_bulk.confirm, name="bulk_confirm"),
    path("quan-ly/moi/<uuid:reference>/lien-ket/", views_bulk.links, name="bulk_links"),
    path("quan-ly/moi/nguoi/<int:pk>/", views_roles.invitation, name="invitation"),
    path("quan-ly/moi/nguoi/<int:pk>/gui-lai/", views_roles.invite_again, name="invite_again"),
    path("quan-ly/moi/nguoi/<int:pk>/thu-lai/", views_roles.call_back, name="call_back"),
]
