"""What all our pages share: plain addresses, a folded shadow for search, no restrictions, no expiry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models, transaction
from django.http import HttpRequest
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.panels import FieldPanel, ObjectList, TabbedInterface
from wagtail.admin.widgets import SlugInput
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from common.text import ascii_slug, fold, nfc


class PlainSlugField(forms.CharField):
    """Accepts what people type or paste; the model turns it into an address."""

    def clean(self, value: Any) -> str:
        return ascii_slug(super().clean(value))


class BasePageForm(WagtailAdminPageForm):
    """Leaves an empty address to be made from the title."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if title := self.fields.get(
            "title"
        ):  # its label is for machines only: without words it looks like nothing
            title.widget.attrs["placeholder"] = "Tên trang*"
        if old := self.fields.get("slug"):
            self.fields["slug"] = PlainSlugField(
                required=False, max_length=100, label=old.label, help_text=old.help_text, widget=SlugInput
            )

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("slug"):
            self.cleaned_data["slug"] = ascii_slug(self.cleaned_data.get("title") or "")[:100]
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class CopyAsDraftForm(CopyForm):
    """A copy has no code and no key yet, so it starts as a draft of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("publish_copies", "alias"):
            self.fields.pop(name, None)


class WholePageQuerySet(PageQuerySet):
    """Treebeard counts children before it deletes: both or neither, when a deletion is refused."""

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return super().delete(*args, **kwargs)


class BasePage(Page):
    """`plain` holds the words of the page as last saved, for search and its excerpts."""

    plain = models.TextField(blank=True, editable=False)

    objects = PageManager.from_queryset(WholePageQuerySet)()

    base_form_class = BasePageForm
    copy_form_class = CopyAsDraftForm
    test_panels: list[Any] = []
    private_page_options: list[str] = []
    show_in_menus_default = False
    admin_default_ordering = "ord"  # lessons stand in the order in which they are learned
    # The title does not drive the address in the browser: its letter map knows no Vietnamese.
    content_panels = [FieldPanel("title", classname="title", heading="Tên trang", help_text="")]
    promote_panels = [
        FieldPanel(
            "slug",
            heading="Địa chỉ",
            help_text="Phần cuối của địa chỉ trang. Để trống: lấy từ tên, tự bỏ dấu.",
        ),
    ]
    settings_panels: list[Any] = []

    @classmethod
    def get_edit_handler(cls) -> Any:
        """Our tabs, named in Vietnamese; the final test has its own."""
        tabs = [
            (cls.content_panels, "Nội dung"),
            (cls.test_panels, "Bài kiểm tra"),
            (cls.promote_panels, "Địa chỉ"),
        ]
        handler = TabbedInterface(
            [ObjectList(panels, heading=heading) for panels, heading in tabs if panels],
            base_form_class=cls.base_form_class,
        )
        return handler.bind_to_model(cls)

    search_fields = [
        *Page.search_fields,
        index.SearchField("folded"),
        index.AutocompleteField("folded"),
    ]

    class Meta:
        abstract = True

    def folded(self) -> str:
        return fold(f"{self.title} {self.plain}")

    def words(self) -> str:
        """Everything a reader may search for, title apart."""
        return ""

    def path_of_site(self) -> str:
        """The address below the site's root, without a query: `/khoa-hoc/an-toan-tren-mang/`."""
        return "/" + self.url_path.split("/", 2)[2]

    def _set_core_field_defaults(self) -> None:
        """Wagtail's own step before it cleans a draft or a live page: its slugs would drop every đ."""
        self.title = nfc(self.title).strip()  # type: ignore[has-type]
        self.slug = (ascii_slug(self.slug or "") or ascii_slug(self.title) or "trang")[:100]  # type: ignore[has-type]
        self.expire_at = None  # a page that vanishes by itself would take a required lesson away
        super()._set_core_field_defaults()

    def must_not_be_required(self) -> None:
        """Raises when this page is, or holds, a lesson that a current edition requires."""
        from ..guarding import must_not_be_required

        must_not_be_required([self], "gỡ")

    def must_be_fit_to_be_live(self) -> None:
        """Raises ValidationError when learning could not be recorded on this page."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not self.live:
            self.must_not_be_required()
        if self.live and "live" in (kwargs.get("update_fields") or ["live"]):
            self.must_be_fit_to_be_live()
        if kwargs.get("update_fields") is None:
            self.plain = " ".join(self.words().split())
        super().save(*args, **kwargs)

    def publish(self, *args: Any, **kwargs: Any) -> Any:
        """Live and its items written, or neither."""
        with transaction.atomic():
            return super().publish(*args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context
