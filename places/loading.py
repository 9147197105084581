"""Bringing in communes, former communes, the tile grid and populations from files.

Everything is checked before anything is written; then one short transaction
writes it. Loading the same files again changes nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from common.text import fold

from .csvfiles import BadRow, Row, read
from .labels import labels
from .models import START_UNKNOWN, Place, Population, Succession

DATA = Path(__file__).parent / "data"
# Every commune of today began on this day (Resolution 202/2025/QH15 and the resolutions on communes).
MERGER = datetime.date(2025, 7, 1)
KINDS = ["xã", "phường", "đặc khu"]
FORMER_KINDS = ["xã", "phường", "thị trấn", "huyện"]


@dataclass(frozen=True)
class Loaded:
    communes: int
    former: int
    successions: int
    changed: int


class Refused(Exception):
    """Not a fault of one line: the message says what is wrong."""


@dataclass(frozen=True)
class Plan:
    """What the files say, checked, before anything is written."""

    province: Place
    communes: dict[str, Place]
    former: dict[str, Place]
    pairs: dict[tuple[str, str], str]


def load_city() -> Loaded:
    """The city this site serves (settings.PROVINCE_CODE), from the files of this room. Idempotent."""
    if settings.PROVINCE_CODE != "31":
        raise Refused(
            f"Chưa có sẵn danh sách xã, phường của tỉnh {settings.PROVINCE_CODE}: "
            "hãy dùng lệnh load_communes với tệp CSV của tỉnh."
        )
    return load(
        communes=DATA / "hai_phong_communes.csv",
        province="31",
        former=DATA / "hai_phong_former_communes.csv",
        tiles=DATA / "hai_phong_tilegrid.csv",
    )


def load(*, communes: Path, province: str, former: Path | None = None, tiles: Path | None = None) -> Loaded:
    """Load a province. Raises BadRow (with the line) or Refused; then nothing is written."""
    parent = _province(province)
    today, lines = _communes(communes)
    if tiles:
        _place_tiles(tiles, today)
    for code, label in _labels(today).items():
        today[code].tile_label = label
    ended, pairs = _former(former, today) if former else ({}, {})
    _refuse_foreign(communes, lines, province)
    return _write(Plan(parent, today, ended, pairs))


def _province(code: str) -> Place:
    for row in read(DATA / "vn_provinces.csv", ["code", "name"]):
        if row.cells["code"] == code:
            name = row.text("name", longest=100)
            kind = "thành phố" if name.startswith("Thành phố ") else "tỉnh"
            return Place(
                code=code,
                level=Place.Level.PROVINCE,
                kind=kind,
                name=name,
                short_name=name[len(kind) + 1 :],
                valid_from=MERGER,
            )
    raise Refused(f"Không có tỉnh, thành phố nào mang mã “{code}”.")


def _unit(row: Row, name_column: str, kinds: list[str]) -> dict[str, str]:
    """Name, kind and short name: `Xã Phú Thái` is a xã called Phú Thái."""
    name = row.text(name_column, longest=100)
    kind = next((kind for kind in kinds if name.lower().startswith(kind + " ")), None)
    if kind is None:
        raise row.bad(f"tên “{name}” phải bắt đầu bằng {', '.join(kinds)}.")
    return {"name": name, "kind": kind, "short_name": name[len(kind) + 1 :]}


def _communes(path: Path) -> tuple[dict[str, Place], dict[str, int]]:
    """The communes of the file and the line of each, by code."""
    columns = ["code", "name", "kind", "short_name", "lat", "lon", "area_km2"]
    columns += ["former_district", "former_province", "source"]
    found: dict[str, Place] = {}
    lines: dict[str, int] = {}
    for row in read(path, columns):
        code = row.code("code")
        lines[code] = row.line
        if code in found:
            raise row.bad(f"mã {code} đã có ở một dòng trên.")
        unit = _unit(row, "name", KINDS)
        for column in ("kind", "short_name"):
            if row.text(column, longest=80) != unit[column]:
                raise row.bad(f"cột {column} (“{row.cells[column]}”) không khớp với tên “{unit['name']}”.")
        found[code] = Place(
            code=code,
            level=Place.Level.COMMUNE,
            **unit,
            latitude=row.number("lat", low=-90, high=90),
            longitude=row.number("lon", low=-180, high=180),
            area_km2=row.number("area_km2", low=0, high=100_000),
            former_district=row.text("former_district", longest=100, required=False),
            former_province=row.text("former_province", longest=100, required=False),
            source=row.text("source", longest=200, required=False),
            valid_from=MERGER,
        )
    if not found:
        raise BadRow(path, 2, "tệp không có dòng nào.")
    return found, lines


def _labels(communes: dict[str, Place]) -> dict[str, str]:
    """Two communes of one short name (a xã and a phường) are told apart by their code's end."""
    seen: dict[str, list[str]] = {}
    for code in sorted(communes):
        seen.setdefault(communes[code].short_name, []).append(code)
    by_name = labels(seen)
    return {
        code: by_name[name] if index == 0 else f"{by_name[name][:6]}{index + 1}"
        for name, codes in seen.items()
        for index, code in enumerate(codes)
    }


def _place_tiles(path: Path, communes: dict[str, Place]) -> None:
    taken: set[tuple[int, int]] = set()
    for row in read(path, ["code", "col", "row"]):
        place = communes.get(row.code("code"))
        if place is None:
            raise row.bad(f"mã {row.cells['code']} không có trong danh sách xã, phường.")
        if place.tile_column is not None:
            raise row.bad(f"mã {place.code} đã có ở một dòng trên.")
        spot = row.whole("col", low=0, high=200), row.whole("row", low=0, high=200)
        if spot in taken:
            raise row.bad("ô này đã có xã, phường khác.")
        taken.add(spot)
        place.tile_column, place.tile_row = spot


def _former(path: Path, communes: dict[str, Place]) -> tuple[dict[str, Place], dict[tuple[str, str], str]]:
    columns = ["former_code", "former_name", "former_district", "former_province", "commune_code", "part"]
    ended: dict[str, Place] = {}
    pairs: dict[tuple[str, str], str] = {}
    for row in read(path, columns):
        # An island district without communes ended too: its code has three digits.
        code, successor = row.code("former_code", r"\d{3}|\d{5}"), row.code("commune_code")
        if successor not in communes:
            raise row.bad(f"mã {successor} không có trong danh sách xã, phường hiện nay.")
        unit = _unit(row, "former_name", FORMER_KINDS)
        place = Place(
            code=code,
            level=Place.Level.COMMUNE,
            **unit,
            former_district=row.text("former_district", longest=100, required=False),
            former_province=row.text("former_province", longest=100, required=False),
            valid_from=START_UNKNOWN,
            valid_to=MERGER,
        )
        first = ended.setdefault(code, place)
        if (first.name, first.former_district) != (place.name, place.former_district):
            raise row.bad(f"mã {code} đã là {first.name}, {first.former_district} ở một dòng trên.")
        if (code, successor) in pairs:
            raise row.bad(f"cặp {code} – {successor} đã có ở một dòng trên.")
        pairs[code, successor] = row.one_of("part", Succession.Part.values)
    return ended, pairs


def _refuse_foreign(path: Path, lines: dict[str, int], province: str) -> None:
    """A commune that stands under another province is not moved by a file."""
    clash = (
        Place.objects.filter(code__in=lines, valid_to=None)
        .exclude(parent__code=province, valid_from=MERGER)
        .select_related("parent")
        .first()
    )
    if clash:
        raise BadRow(
            path,
            lines[clash.code],
            f"mã {clash.code} đang là {clash.name} của {clash.parent or 'một tỉnh khác'}.",
        )


FIELDS = [
    "level",
    "kind",
    "name",
    "short_name",
    "folded",
    "parent_id",
    "tile_label",
    "tile_column",
    "tile_row",
    "former_district",
    "former_province",
    "valid_to",
    "latitude",
    "longitude",
    "area_km2",
    "source",
]


@transaction.atomic
def _write(plan: Plan) -> Loaded:
    """About ten statements, whatever the number of rows."""
    _, changed = _upsert([plan.province], parent=None)
    province = Place.objects.get(code=plan.province.code, valid_to=None)
    today, more = _upsert(plan.communes.values(), parent=province)
    ended, most = _upsert(plan.former.values(), parent=province)
    former = {place.code: place for place in ended}
    current = {place.code: place for place in today}
    old = {(s.former.code, s.successor.code): s for s in _successions(former.values())}
    new = [
        Succession(former=former[code], successor=current[successor], part=part)
        for (code, successor), part in plan.pairs.items()
        if (code, successor) not in old
    ]
    turned = [old[pair] for pair, part in plan.pairs.items() if pair in old and old[pair].part != part]
    for succession in turned:
        succession.part = plan.pairs[succession.former.code, succession.successor.code]
    Succession.objects.bulk_create(new, batch_size=200)
    Succession.objects.bulk_update(turned, ["part"], batch_size=200)
    changed += more + most + len(new) + len(turned)
    return Loaded(len(today), len(ended), len(plan.pairs), changed)


def _successions(former: Iterable[Place]) -> Iterable[Succession]:
    return Succession.objects.filter(former__in=list(former)).select_related("former", "successor")


def _upsert(wanted: Iterable[Place], *, parent: Place | None) -> tuple[list[Place], int]:
    """The stored places in the order given, and how many were made or changed."""
    rows = list(wanted)
    keys = {(place.code, place.valid_from) for place in rows}
    stored = {
        (place.code, place.valid_from): place
        for place in Place.objects.filter(code__in={code for code, _ in keys})
        if (place.code, place.valid_from) in keys
    }
    new, changed = [], []
    for place in rows:
        place.folded, place.parent = fold(place.name), parent
        kept = stored.get((place.code, place.valid_from))
        if kept is None:
            new.append(place)
        elif any(getattr(kept, field) != getattr(place, field) for field in FIELDS):
            for field in FIELDS:
                setattr(kept, field, getattr(place, field))
            changed.append(kept)
    # Labels may change hands: no two are alike at any moment.
    Place.objects.filter(pk__in=[place.pk for place in changed]).exclude(tile_label="").update(tile_label="")
    Place.objects.bulk_update(changed, [field.removesuffix("_id") for field in FIELDS], batch_size=50)
    Place.objects.bulk_create(new, batch_size=100)
    made = {(place.code, place.valid_from): place for place in new}
    both: dict[tuple[str, datetime.date], Model] = {**stored, **made}
    return [both[place.code, place.valid_from] for place in rows], len(new) + len(changed)  # type: ignore[misc]


def load_populations(path: Path) -> int:
    """Add dated, sourced populations (code, group, value, as_of, source); returns how many are new.

    A row that stands already is skipped; the same place, group, day and source
    with another value is refused: rows are added, never changed.
    """
    places = {place.code: place for place in Place.objects.current()}
    kept = {
        (p.place_id, p.group, p.as_of, p.source): p.value
        for p in Population.objects.filter(place__in=places.values())
    }
    new: list[Population] = []
    for row in read(path, ["code", "group", "value", "as_of", "source"]):
        place = places.get(row.code("code", r"\d{2}|\d{5}"))
        if place is None:
            raise row.bad(f"không có nơi nào hiện nay mang mã {row.cells['code']}.")
        population = Population(
            place=place,
            group=row.one_of("group", Population.Group.values),
            value=row.whole("value", low=0, high=200_000_000),
            as_of=row.day("as_of"),
            source=row.text("source", longest=300),
        )
        key = (place.pk, population.group, population.as_of, population.source)
        if key not in kept:
            kept[key] = population.value
            new.append(population)
        elif kept[key] != population.value:
            raise row.bad("nơi, nhóm, ngày và nguồn này đã có với một số khác; số đã ghi thì không sửa.")
    Population.objects.bulk_create(new, batch_size=200)
    return len(new)
