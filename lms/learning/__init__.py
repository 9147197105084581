"""A learner's own pages: what she is learning, the final test, its result."""
