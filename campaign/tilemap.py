"""The map of tiles: every commune a square of the same size, brighter as more of its people learn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from places.models import Place

WIDTH, HEIGHT, GAP, MARGIN = 54, 38, 4, 4
LEVELS = 6  # classes of brightness beside "nobody yet"


@dataclass(frozen=True)
class Tile:
    """Coordinates are texts: a template would write 1.204 for 1204."""

    place: Place
    value: int
    level: int | None  # None: nobody yet
    x: str
    y: str
    middle: str
    baseline: str


@dataclass(frozen=True)
class Class:
    """One step of the legend: from `low` to `high` people."""

    level: int
    low: int
    high: int | None


@dataclass(frozen=True)
class TileMap:
    tiles: list[Tile]
    classes: list[Class]
    view_box: str
    unplaced: int  # communes without a tile: they are in the table


def nice(number: float) -> int:
    """A round number near it: 1, 2, 3, 5 or 7.5 times a power of ten, never below 1."""
    if number < 10:
        return max(1, round(number))
    power = 10 ** math.floor(math.log10(number))
    steps = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 10)
    return round(min(steps, key=lambda step: abs(step * power - number)) * power)


def bounds(values: Sequence[int]) -> list[int]:
    """The lowest number of each class, so that about as many communes are in each.

    There are no shares of the population while populations are missing: the classes
    are plain numbers of people, and the legend says so.
    """
    some = sorted(value for value in values if value > 0)
    if not some:
        return []
    found = [1]
    for step in range(1, LEVELS):
        low = nice(some[len(some) * step // LEVELS])
        if low > found[-1] and low <= some[-1]:
            found.append(low)
    return found


def level_of(value: int, lows: Sequence[int]) -> int | None:
    """The class of a number, spread over the levels so that the highest one is the brightest."""
    if value <= 0:
        return None
    at = sum(value >= low for low in lows) - 1
    return at + LEVELS - len(lows)


def tile_map(values: Sequence[tuple[Place, int]]) -> TileMap:
    lows = bounds([value for _, value in values])
    tiles = []
    for place, value in values:
        if place.tile_column is None or place.tile_row is None:
            continue
        x = MARGIN + place.tile_column * (WIDTH + GAP)
        y = MARGIN + place.tile_row * (HEIGHT + GAP)
        tiles.append(
            Tile(
                place=place,
                value=value,
                level=level_of(value, lows),
                x=str(x),
                y=str(y),
                middle=str(x + WIDTH // 2),
                baseline=str(y + HEIGHT // 2 + 4),
            )
        )
    width = max((int(tile.x) for tile in tiles), default=0) + WIDTH + MARGIN
    height = max((int(tile.y) for tile in tiles), default=0) + HEIGHT + MARGIN
    highs: list[int | None] = [*(low - 1 for low in lows[1:]), None]
    return TileMap(
        tiles=sorted(tiles, key=lambda tile: (int(tile.y), int(tile.x))),
        classes=[Class(level_of(low, lows) or 0, low, high) for low, high in zip(lows, highs, strict=False)],
        view_box=f"0 0 {width} {height}",
        unplaced=len(values) - len(tiles),
    )
