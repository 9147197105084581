"""Who learns on a shared sign-in. Included by `accounts.urls`, under its names."""

from django.urls import path

from . import views_household, views_own_pin

urlpatterns = [
    path("ai-dang-hoc/", views_household.who, name="who"),
    path("ai-dang-hoc/them/", views_household.add, name="add_person"),
    path("ai-dang-hoc/ve-may-cu/", views_household.go_back, name="go_back"),
    path("ai-dang-hoc/<uuid:learner>/", views_household.person, name="person"),
    path("ai-dang-hoc/<uuid:learner>/roi-may/", views_household.unlink, name="unlink"),
    path("ai-dang-hoc/<uuid:learner>/tro-lai/", views_household.bring_back, name="bring_back"),
    path("ai-dang-hoc/<uuid:learner>/ra-rieng/", views_household.leave, name="leave"),
    path("ma-rieng/", views_own_pin.ask, name="own_pin"),
    path("ma-rieng/doi/", views_own_pin.change, name="own_pin_change"),
]
