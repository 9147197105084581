import pytest

from common.svg import too_deep


def nested(levels: int) -> bytes:
    return b"<g>" * levels + b"</g>" * levels


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (nested(64), False),
        (nested(65), True),
        (nested(100_000), True),
        (b"<g>" * 65, True),
        (b"<svg>" + b"<g></g>" * 500 + b"</svg>", False),
        (b"", False),
        (b"<svg", False),
        (b"<?xml version='1.0' encoding='zzz'?><svg/>", False),
    ],
)
def test_only_nesting_counts(content, answer):
    assert too_deep(content) is answer
