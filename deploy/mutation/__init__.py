"""Mutation testing of the modules that judge and count: `make mutants`.

A small change is made to one place of a module, in memory, and the tests that reach
the place are run: when none fails, the change "survived" and a rule is untested.
mutmut 3 leaves out every decorated function (`@transaction.atomic`, `@property`), which
here are the ones that matter, and knows no SQL; so the runner is our own, on `ast`.
"""
