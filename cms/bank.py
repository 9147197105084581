"""The bank of a final test in the editor's screens: written through `quizzes.banking`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.admin.telepath import register
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.blocks.struct_block import StructBlockAdapter

from common.text import fold
from quizzes import banking
from quizzes.errors import BadQuestion, BankTooSmall
from quizzes.models import Question

from .blocks.fields import PatientBlockField, say_it_above
from .blocks.questions import QuestionBlock

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def exam_questions() -> QuerySet[Question]:
    questions = Question.objects.filter(purpose=Question.Purpose.EXAM, revision__isnull=False)
    return questions.select_related("revision", "course", "item")


def text_of(question: Question) -> str:
    return question.revision.text if question.revision else question.key


class ExamQuestionBlock(QuestionBlock):
    """The same fields on a page of their own; the row of a lesson is not around it."""

    class Meta:
        template = None
        label = "Câu hỏi kiểm tra"


class ExamQuestionAdapter(StructBlockAdapter):
    js_constructor = "cms.ExamQuestion"

    @cached_property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["cms/exam-question.js"])


register(ExamQuestionAdapter(), ExamQuestionBlock)


class QuestionForm(forms.ModelForm):
    """A question as its live revision reads; saving makes a revision when the wording changed."""

    content = PatientBlockField(
        ExamQuestionBlock(),
        label="Câu hỏi",
        help_text="Dùng trong bài kiểm tra cuối khóa.",
    )

    class Meta:
        model = Question
        fields = ["course", "item"]
        labels = {"course": "Khóa học", "item": "Bài giải thích câu này"}
        help_texts = {"item": "Người trả lời chưa đúng được mời đọc lại bài này."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        block = self.fields["content"].block  # type: ignore[attr-defined]
        revision = self.instance.revision
        if revision:
            self.fields["course"].disabled = True
            self.initial["content"] = block.to_python(
                {
                    "kind": revision.kind,
                    "text": revision.text,
                    "choices": revision.choices,
                    "explanation": revision.explanation,
                }
            )
        else:
            self.initial["content"] = block.to_python({"choices": [{}, {}]})  # the fewest that are taken
        lessons = self.fields["item"].queryset.filter(kind="lesson")  # type: ignore[attr-defined]
        if revision:
            lessons = lessons.filter(course=self.instance.course)
        self.fields["item"].queryset = lessons.select_related("course")  # type: ignore[attr-defined]
        self.fields["item"].label_from_instance = lambda item: f"{item.course.code} · {item.title}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        say_it_above(self, "content")
        course, item = cleaned.get("course"), cleaned.get("item")
        if course and item and item.course_id != course.pk:
            raise ValidationError({"item": "Bài này thuộc khóa học khác."})
        return cleaned

    def save(self, commit: bool = True) -> Question:
        course, value = self.cleaned_data["course"], self.cleaned_data["content"]
        key = self.instance.key or f"{course.code.lower()}-kt-{get_random_string(6, _LETTERS)}"
        try:
            revision = banking.put_question(
                course=course,
                key=key,
                purpose=Question.Purpose.EXAM,
                kind=value["kind"],
                text=value["text"],
                choices=value.options(),
                explanation=value["explanation"] or "",
                item=self.cleaned_data["item"],
                position=self.instance.position,
            )
        except BadQuestion as error:
            raise ValidationError(str(error)) from error
        return revision.question


class QuestionIndexView(generic.IndexView):
    is_searchable = True
    page_title = "Câu hỏi kiểm tra"
    verbose_name = "câu hỏi"
    verbose_name_plural = "câu hỏi"
    add_item_label = "Thêm câu hỏi"

    def get_base_queryset(self) -> QuerySet[Question]:
        return exam_questions().order_by("course__code", "position", "key")

    def search_queryset(self, queryset: QuerySet[Question]) -> QuerySet[Question]:
        """Words with or without accents: a bank is small enough to be folded here."""
        words = fold(self.search_query or "").split()
        if not words:
            return queryset
        found = [
            question.pk
            for question in queryset
            if all(word in fold(f"{question.key} {text_of(question)}") for word in words)
        ]
        return queryset.filter(pk__in=found)


class OnlyExam:
    """Practice questions are edited in their lesson; attempts keep what they drew."""

    def get_queryset(self) -> QuerySet[Question]:
        return exam_questions()


class QuestionCreateView(generic.CreateView):
    page_subtitle = "Câu hỏi kiểm tra"
    success_message = "Đã thêm câu hỏi vào ngân hàng."
    error_message = "Chưa lưu được. Hãy xem chỗ được báo bên dưới."


class QuestionEditView(OnlyExam, generic.EditView):
    success_message = "Đã lưu. Bài kiểm tra bắt đầu từ bây giờ sẽ dùng câu mới."
    error_message = "Chưa lưu được. Hãy xem chỗ được báo bên dưới."

    def get_page_subtitle(self) -> str:
        return text_of(self.object)


class QuestionDeleteView(OnlyExam, generic.DeleteView):
    page_title = "Bỏ câu hỏi"
    confirmation_message = (
        "Câu hỏi này sẽ không được rút vào bài kiểm tra nữa. Những bài đã làm vẫn giữ nguyên câu hỏi cũ."
    )
    success_message = "Đã bỏ câu hỏi khỏi ngân hàng."

    def get_page_subtitle(self) -> str:
        return text_of(self.object)

    def get_success_message(self) -> str:
        return str(self.success_message)

    def delete_action(self) -> None:
        banking.retire(question=self.object)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except BankTooSmall as refusal:
            messages.error(self.request, f"Chưa bỏ được câu này. {refusal}")
            return redirect(self.get_success_url())
        return response


class QuestionViewSet(ModelViewSet):
    model = Question
    name = "ngan-hang"
    icon = "help"
    menu_label = "Câu hỏi kiểm tra"
    menu_order = 250
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    list_filter = ["course"]
    list_per_page = 50
    index_view_class = QuestionIndexView
    add_view_class = QuestionCreateView
    edit_view_class = QuestionEditView
    delete_view_class = QuestionDeleteView
    list_display = [
        TitleColumn(
            "text",
            label="Câu hỏi",
            accessor="revision.text",
            get_url=lambda question: reverse("ngan-hang:edit", args=[question.pk]),
        ),
        Column("course", label="Khóa học", accessor="course.code"),
        Column("kind", label="Loại", accessor="revision.get_kind_display"),
        Column("item", label="Bài giải thích", accessor="item"),
    ]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return QuestionForm
