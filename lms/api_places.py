"""Communes by any name people still use."""

from django.http import HttpRequest
from ninja import Query, Router, Schema

from places.searching import find

router = Router(tags=["places"])


class Found(Schema):
    code: str
    name: str
    detail: str


class Answers(Schema):
    places: list[Found]


@router.get("", response=Answers, summary="Find communes of today by new or former name, or by code")
def search(request: HttpRequest, q: str = Query("", max_length=200)) -> dict[str, list[Found]]:
    answers = find(q)
    return {
        "places": [Found(code=a.place.code, name=a.place.name, detail=a.detail) for a in answers],
    }
