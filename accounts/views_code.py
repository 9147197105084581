"""The second factor: who has one is asked for its code before she is in."""

from __future__ import annotations

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.stages import AuthenticateStage
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .doors import Wait, claim, mark
from .models import SlowDown
from .pins import digits_of
from .signing import let_in


class CodeForm(AuthenticateForm):
    """A code of the app on her phone, or one of her recovery codes; tries are slowed down like a PIN's."""

    code = forms.CharField(
        label="Mã xác thực",
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "class": "pin"}),
        help_text="Gồm 6 chữ số, xem trong ứng dụng xác thực trên điện thoại. Mất điện thoại thì gõ một mã "
        "dự phòng.",
        error_messages={"required": "Hãy gõ mã xác thực.", "max_length": "Mã này quá dài. Hãy xem lại."},
    )

    def clean_code(self) -> str:
        key = mark("code", self.user.pk)
        try:
            claim(key)
        except Wait as wait:
            raise ValidationError(str(wait)) from None
        self.cleaned_data["code"] = digits_of(self.cleaned_data["code"])
        try:
            code = str(super().clean_code())
        except ValidationError:
            raise ValidationError("Mã xác thực chưa đúng. Hãy xem mã mới rồi gõ lại.") from None
        SlowDown.objects.filter(key=key).delete()
        return code


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="accounts:signin")
def code(request: HttpRequest) -> HttpResponse:
    stage = request._login_stage  # type: ignore[attr-defined]
    form = CodeForm(request.POST if request.method == "POST" else None, user=stage.login.user)
    if form.is_valid():
        form.save()
        return let_in(request, stage.exit(), stage.login.user)
    return render(request, "accounts/code.html", {"form": form})
