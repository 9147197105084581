"""Course packages in and out: files ⇄ a plain Package ⇄ pages, questions and pictures.

reading → package (pure, collects every fault) → writing (short transactions);
exporting goes the other way. docs/course-package.md is the format for people.
"""
