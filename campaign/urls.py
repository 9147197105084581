from django.urls import path, register_converter

from .views import manage, proof, public


class CodeConverter:
    """A place code: 2 digits of a province or 5 of a commune."""

    regex = "[0-9]{5}|[0-9]{2}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "place")
app_name = "campaign"
urlpatterns = [
    path("thong-ke/", public.city, name="public"),
    path("thong-ke/<place:code>/", public.place, name="public_place"),
    path("thong-ke/<place:code>/cach-tinh/<slug:measure>/", proof.proof, name="proof"),
    path("quan-ly/", manage.manage, name="manage"),
    path("quan-ly/<place:code>/", manage.manage_place, name="manage_place"),
]
