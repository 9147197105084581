"""Administrative units with validity dates, their organisations and populations."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from common.text import fold

# The start of a unit that ended in 2025 is not recorded in our sources.
START_UNKNOWN = datetime.date(1900, 1, 1)


class PlaceQuerySet(models.QuerySet["Place"]):
    def valid_on(self, day: datetime.date) -> PlaceQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def current(self) -> PlaceQuerySet:
        return self.valid_on(timezone.localdate())

    def communes(self) -> PlaceQuerySet:
        return self.filter(level=Place.Level.COMMUNE)


class Place(models.Model):
    """A province or a commune in one period of its life.

    A bare 5-digit code means the unit valid today: most codes belonged to another
    commune before July 2025, so rows of other rooms point to the id.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", "Tỉnh, thành phố"
        COMMUNE = "commune", "Xã, phường, đặc khu"

    code = models.CharField(max_length=5)
    level = models.CharField(max_length=8, choices=Level)
    kind = models.CharField(max_length=20, help_text="tỉnh, thành phố, xã, phường, đặc khu, thị trấn")
    name = models.CharField(max_length=100, help_text="Xã Phú Thái")
    short_name = models.CharField(max_length=80, help_text="Phú Thái")
    tile_label = models.CharField(max_length=12, blank=True)
    tile_column = models.PositiveSmallIntegerField(null=True, blank=True)
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)
    folded = models.CharField(max_length=200, editable=False, help_text="common.text.fold of the name")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    former_district = models.CharField(max_length=100, blank=True)
    former_province = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="first day on which it is no more")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    area_km2 = models.FloatField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="place_code_once_per_start"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="place_code_one_open_unit"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="place_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["parent", "tile_label"],
                condition=Q(valid_to=None) & ~Q(tile_label=""),
                name="place_tile_label_once_per_province",
            ),
        ]
        indexes = [models.Index(fields=["parent", "level", "valid_to"])]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        self.folded = fold(self.name)
        super().save(**kwargs)

    @property
    def district(self) -> str:
        """`huyện Cẩm Giàng cũ`: what tells two communes of one name apart. Empty when not known."""
        if not self.former_district:
            return ""
        return f"{self.former_district[0].lower()}{self.former_district[1:]} cũ"


class Succession(models.Model):
    """What became of a former commune: all or part of it went to a commune of today."""

    class Part(models.TextChoices):
        WHOLE = "whole", "toàn bộ"
        PARTIAL = "partial", "một phần"

    former = models.ForeignKey(Place, models.CASCADE, related_name="successions")
    successor = models.ForeignKey(Place, models.CASCADE, related_name="origins")
    part = models.CharField(max_length=7, choices=Part)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["former", "successor"], name="succession_once_per_pair")
        ]


class Neighbourhood(models.Model):
    """A thôn or tổ dân phố of a commune."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="neighbourhoods")
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="neighbourhood_name_once")]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    class Kind(models.TextChoices):
        DEPARTMENT = "department", "Sở, ngành"
        SCHOOL = "school", "Trường học"
        ENTERPRISE = "enterprise", "Doanh nghiệp"
        DIGITAL_TEAM = "digital_team", "Tổ công nghệ số cộng đồng"
        ASSOCIATION = "association", "Hội, đoàn thể"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    place = models.ForeignKey(Place, models.PROTECT, related_name="organisations")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="organisation_name_once")]

    def __str__(self) -> str:
        return self.name


class Population(models.Model):
    """A dated, sourced number of people of a place; rows are added, never changed."""

    class Group(models.TextChoices):
        ALL = "all", "Toàn dân"
        ADULTS = "adults", "Người trưởng thành"

    place = models.ForeignKey(Place, models.PROTECT, related_name="populations")
    group = models.CharField(max_length=6, choices=Group)
    value = models.PositiveIntegerField(help_text="người")
    as_of = models.DateField()
    source = models.CharField(max_length=300)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "group", "as_of", "source"], name="population_once_per_source"
            )
        ]
