"""Hashed static files whose ES module imports are rewritten too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    # A template that names a file of another release must not answer 500.
    manifest_strict = False
