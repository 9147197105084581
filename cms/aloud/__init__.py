"""Lessons read aloud: what is read, recordings of it, and a machine's voice (docs/read-aloud.md)."""
