"""`/api/v1/`: one API; every thing has a router of its own (`lms/api_<thing>.py`)."""

from ninja import NinjaAPI

from . import api_places

api = NinjaAPI(title="Học Vụ Số", version="1.0.0", docs_url=None, urls_namespace="api")
api.add_router("/places/", api_places.router)
