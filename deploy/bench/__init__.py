"""`make bench`: the site against its bars, as ratios. See docs/bench.md."""
