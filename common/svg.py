"""Looking at a drawing that came from outside before anything builds it in memory."""

from __future__ import annotations

from xml.parsers import expat

MOST_LEVELS = 64


class _TooDeep(Exception):
    pass


def too_deep(content: bytes, *, most: int = MOST_LEVELS) -> bool:
    """Whether elements nest deeper than any drawing does.

    The cleaner indents by depth: 50 KB of nested groups become 100 MB. What is no XML
    is not too deep: the cleaner says what is wrong with it.
    """
    depth = 0

    def opened(name: str, attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > most:
            raise _TooDeep

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    try:
        parser.Parse(content, True)
    except _TooDeep:
        return True
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return False
