"""People who never were, for showing and measuring the site: the same ones for the same numbers.

They have no way to sign in. Their state rows and facts are those that real actions
would have written, so that a recount of them differs by nothing.
"""
