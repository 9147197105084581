"""What is counted: which facts make which figure, in which unit."""

from __future__ import annotations

from ledger import kinds

READER = "campaign"
KINDS = frozenset(kinds.ALL) - {kinds.TEST_PASSED}
