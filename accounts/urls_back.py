"""Devices, coming back after a forgotten PIN, and helping somebody back. Included by `accounts.urls`."""

from django.urls import path

from . import views_back, views_devices, views_number

urlpatterns = [
    path("dang-ky/so-cua-toi/", views_number.own_number, name="own_number"),
    path("quen-ma/", views_back.forgotten, name="forgotten"),
    path("quen-ma/ma/", views_back.code, name="forgotten_code"),
    path("quen-ma/ban-la-ai/", views_back.who, name="forgotten_who"),
    path("quen-ma/ma-moi/", views_back.new_pin, name="forgotten_pin"),
    path("du-lieu-cua-toi/so/", views_number.my_number, name="my_number"),
    path("du-lieu-cua-toi/thiet-bi/", views_devices.devices, name="devices"),
    path("du-lieu-cua-toi/thiet-bi/<int:use>/quen/", views_devices.forget, name="device_forget"),
    path("du-lieu-cua-toi/thiet-bi/thoat-het/", views_devices.elsewhere, name="signout_elsewhere"),
    path("ma-rieng/quen/", views_back.own_forgotten, name="own_pin_forgotten"),
    path("quan-ly/giup-vao-lai/", views_back.find, name="help_back"),
    path("quan-ly/giup-vao-lai/<uuid:learner>/", views_back.vouch, name="vouch"),
    path("quan-ly/giup-vao-lai/<uuid:learner>/dua-ve/", views_back.bring_home, name="bring_home"),
]
