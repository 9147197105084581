"""Officials and administrators: who holds which role where, and until when."""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.text import fold

from . import inviting, offering, roles, staffing
from .access import staff_only
from .forms_roles import (
    ClearFactorForm,
    FindForm,
    GrantForm,
    ReasonForm,
    SureForm,
    UntilForm,
    end_of,
    last_day,
)
from .models import Invitation, Role, RoleQuerySet, User
from .views_factor import fresh
from .views_offers import offers_shown

PER_PAGE = 50
PEOPLE = 20  # found at most, when somebody looks for a person


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("trang", None)
    return f"{query.urlencode()}&" if query else ""


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_safe
@never_cache
def held(request: HttpRequest) -> HttpResponse:
    """Every role of her places; by person, kind, place and state."""
    form = FindForm(request.GET, by=_user(request))
    rows = Role.objects.visible_to(request.user).select_related(
        "user", "place", "organisation", "granted_by", "revoked_by"
    )
    rows = _filtered(rows, form.cleaned_data) if form.is_valid() else rows.standing()
    page = Paginator(rows.order_by("-granted_at", "-pk"), PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "desk": "roles",
        "form": form,
        "page": page,
        "query": _query(request),
        "now": timezone.now(),
        "offers": offers_shown(_user(request), form.cleaned_data if form.is_valid() else {}),
        "narrowed": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "accounts/desk/roles.html", context)


def _filtered(rows: RoleQuerySet, wanted: dict[str, Any]) -> RoleQuerySet:
    if wanted["q"].strip():
        known = Q(waiting=False, user__in=_named(User.objects.filter(roles__in=rows), wanted["q"]))
        offered = rows.filter(waiting=True).select_related("user")
        rows = rows.filter(known | Q(pk__in=[one.pk for one in offered if _offered(one, wanted["q"])]))
    if wanted["vai_tro"]:
        rows = rows.filter(kind=wanted["vai_tro"])
    if wanted["noi"]:
        rows = rows.filter(place=wanted["noi"])
    if wanted["tinh_trang"] == FindForm.State.PAST:
        return rows.exclude(pk__in=Role.objects.kept().values("pk"))
    if wanted["tinh_trang"] == FindForm.State.WAITING:
        return rows.kept().filter(Q(waiting=True) | Q(user__in=User.objects.waiting()))
    return rows.standing()


def _named(users: QuerySet[User], typed: str) -> list[int]:
    """Whose name, address or number holds every word typed, with or without marks."""
    words = fold(typed).split()
    digits = "".join(c for c in typed if c.isdecimal()).removeprefix("0")
    found = []
    for pk, name, email, phone in users.values_list("pk", "name", "email", "phone").distinct():
        text = f"{fold(name)} {email or ''}"
        if all(word in text for word in words) or (len(digits) > 5 and digits in (phone or "")):
            found.append(pk)
    return found


def _offered(role: Role, typed: str) -> bool:
    text = f"{fold(role.who)} {role.user.email or ''}"
    return all(word in text for word in fold(typed).split())


def _staff_of(by: User) -> QuerySet[User]:
    """Who holds or held a role in her places; herself left out. Who was only invited is a stranger yet."""
    held = Role.objects.visible_to(by).filter(waiting=False)
    return User.objects.filter(roles__in=held).exclude(pk=by.pk).distinct()


def _invited_of(by: User) -> QuerySet[User]:
    return User.objects.filter(roles__in=Role.objects.visible_to(by)).exclude(pk=by.pk).distinct()


def _found(by: User, typed: str) -> QuerySet[User]:
    staff = _staff_of(by)
    return staff.filter(pk__in=_named(staff, typed)[:PEOPLE]).order_by("name")


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def grant(request: HttpRequest) -> HttpResponse:
    """Find a member of staff, or write the address or number of somebody new; then the role."""
    by = _user(request)
    person = None
    if chosen := request.GET.get("nguoi"):
        person = get_object_or_404(_staff_of(by), pk=chosen if chosen.isdecimal() and len(chosen) < 18 else 0)
    form = GrantForm(request.POST if request.method == "POST" else None, by=by, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            return _granted(request, form, person)
        except (roles.RoleRefused, inviting.InvitationRefused) as refusal:
            form.add_error(None, str(refusal))
    q = request.GET.get("q", "")[:100]
    people = _found(by, q) if q.strip() else None
    context = {"desk": "roles", "form": form, "person": person, "q": q, "people": people}
    return render(request, "accounts/desk/role_grant.html", context)


@transaction.atomic
def _granted(request: HttpRequest, form: GrantForm, person: User | None) -> HttpResponse:
    data, by = form.cleaned_data, _user(request)
    if data.get("phone"):
        return _offered_to_number(request, data)
    user = person or inviting.person(email=data["email"], name=data["name"])
    role = roles.offer(
        by=by,
        user=user,
        name=data.get("name") or str(user),
        kind=data["kind"],
        place=data["place"],
        organisation=data["organisation"],
        expires_at=data["expires_at"],
    )
    if not role.waiting:
        messages.info(request, f"{user} đang giữ vai trò này.")
        return redirect("accounts:role", pk=role.pk)
    done = f"Đã mời {role.who} nhận vai trò {role.get_kind_display()} ở {role.organisation or role.place}"
    messages.success(request, f"{done}.{_shortened(role, data['expires_at'])}")
    inviting.invite(by=by, user=user)
    return redirect("accounts:invitation", pk=user.pk)


def _offered_to_number(request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    names = ("phone", "name", "kind", "place", "organisation", "expires_at")
    made = offering.offer(by=_user(request), **{name: data[name] for name in names})
    done = f"Đã mời {made.name} nhận vai trò {made.get_kind_display()} ở {made.where}."
    messages.success(request, done)
    return redirect("accounts:offer", pk=made.pk)


def _shortened(role: Role, wanted: datetime.datetime | None) -> str:
    """A role ends with that of its giver: said when it is sooner than was asked for."""
    if role.expires_at == wanted or role.last_day is None:
        return ""
    return f" Vai trò này hết vào ngày {role.last_day:%d/%m/%Y}, cùng vai trò của bạn."


def _role(request: HttpRequest, pk: int) -> Role:
    """The role among those of her places; any other looks like none."""
    found = Role.objects.visible_to(request.user).select_related(
        "user", "place", "organisation", "granted_by", "revoked_by"
    )
    return get_object_or_404(found, pk=pk)


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def role(request: HttpRequest, pk: int) -> HttpResponse:
    """One role with the history of its holder; another last day."""
    found, by = _role(request, pk), _user(request)
    active = Role.objects.standing().filter(pk=pk).exists()
    mine = active and not found.waiting and found.user_id != by.pk and _may(by, found)
    form = UntilForm(request.POST if request.method == "POST" else {"until": last_day(found.expires_at)})
    if request.method == "POST" and mine and form.is_valid():
        try:
            new = roles.change_expiry(by=by, role=found, expires_at=end_of(form.cleaned_data["until"]))
        except roles.RoleRefused as refusal:
            form.add_error("until", str(refusal))
        else:
            end = _shortened(new, end_of(form.cleaned_data["until"]))
            messages.success(request, f"Đã đổi hạn của vai trò.{end}")
            return redirect("accounts:role", pk=new.pk)
    others = Role.objects.visible_to(request.user).filter(user=found.user_id)
    context = {
        "desk": "roles",
        "role": found,
        "active": active,
        "may_take": active and _may(by, found),
        "form": form if mine else None,
        "waiting": found.waiting or inviting.is_waiting(found.user),
        "lapsed": active and roles.lapsed(found),
        "events": [_said(event) for event in _events(others)[:PER_PAGE]],
    }
    return render(request, "accounts/desk/role.html", context)


def _may(by: User, found: Role) -> bool:
    return roles.may_grant(by, kind=found.kind, place=found.place, organisation=found.organisation)


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what ends, ask once more, take the role back."""
    found = _role(request, pk)
    if not Role.objects.standing().filter(pk=pk).exists():
        messages.info(request, "Vai trò này đã được thu lại hoặc đã hết hạn trước đó.")
        return redirect("accounts:role", pk=pk)
    words = f"Tôi hiểu: từ bây giờ {found.who} không làm được việc này nữa."
    form = SureForm(request.POST if request.method == "POST" else None, words=words)
    if request.method == "POST" and form.is_valid():
        try:
            roles.revoke(by=_user(request), role=found)
        except roles.RoleRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Đã thu lại vai trò của {found.who}.")
            return redirect("accounts:role", pk=pk)
    return render(request, "accounts/desk/role_revoke.html", {"desk": "roles", "role": found, "form": form})


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_safe
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    """Every grant and every revocation in her places, newest first."""
    events = _events(Role.objects.visible_to(request.user))
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("trang"))
    said = [_said(event) for event in page.object_list]
    return render(request, "accounts/desk/role_history.html", {"desk": "roles", "page": page, "events": said})


def _events(rows: RoleQuerySet) -> Any:
    """Two events a role: given (by whom, when), and taken back or run out. One query a page."""
    names = ("kind", "user__name", "user__email", "place__name", "organisation__name", "expires_at")
    columns = ("pk", *names, "waiting", "offered_name", "offer_ends_at", "what", "at", "actor")
    given = rows.annotate(what=Value("given"), at=F("granted_at"), actor=F("granted_by__name"))
    taken = rows.exclude(revoked_at=None).annotate(
        what=Value("taken"), at=F("revoked_at"), actor=F("revoked_by__name")
    )
    return given.values(*columns).union(taken.values(*columns), all=True).order_by("-at", "-pk")


def _said(event: dict[str, Any]) -> dict[str, Any]:
    ends = [event["expires_at"], event["offer_ends_at"] if event["waiting"] else None]
    ran_out = event["what"] == "taken" and any(end and event["at"] >= end for end in ends)
    return {
        "what": "ran_out" if ran_out else event["what"],
        "at": event["at"],
        "by": event["actor"],
        "role": event["pk"],
        "kind": Role.Kind(event["kind"]).label,
        "who": event["offered_name" if event["waiting"] else "user__name"] or event["user__email"],
        "where": event["organisation__name"] or event["place__name"],
        "until": last_day(event["expires_at"]),
        "offer": event["waiting"],
    }


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """The state of one person's invitation; its link to hand over where no mail goes out.

    Sent, it makes a link by which somebody with a password chooses another.
    """
    by = _user(request)
    person = get_object_or_404(_invited_of(by), pk=pk)
    ever = Role.objects.visible_to(by).filter(user=person).order_by("-pk")
    ever = ever.select_related("user", "place", "organisation")
    here = list(ever.kept())
    known = any(not role.waiting for role in here)
    may_reset = known and staffing.may_reset(by, person)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and known and form.is_valid():
        try:
            staffing.reset(by=by, user=person, reason=form.cleaned_data["reason"])
        except staffing.StaffingRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Đã làm liên kết đặt lại mật khẩu. {person} đã được báo.")
        return redirect("accounts:invitation", pk=pk)
    own = {link.resets: link for link in person.invitations.standing().filter(invited_by=by)}
    may_invite = inviting.may_invite(by, person)
    context = {
        "desk": "roles",
        "person": person,
        "invitation": own.get(False),
        "reset": own.get(True),
        "last": person.invitations.filter(invited_by=by, resets=False).order_by("-pk").first(),
        "roles": here,
        "name": _name_here(list(ever)),
        "has_password": known and person.has_usable_password(),
        "hers": may_invite,
        "link": _shown(own.get(False), may_invite),
        "reset_link": _shown(own.get(True), may_reset),
        "mail": settings.MAIL,
        "by_mail": bool(settings.MAIL and person.email),
        "form": form if may_reset and person.email else None,
        "forgot_pin": may_reset and not person.email,
        "may_clear": known and staffing.may_clear_factor(by, person),
    }
    return render(request, "accounts/desk/invitation.html", context)


def _name_here(ever: list[Role]) -> str:
    """What she wrote herself of somebody who never took a role here: an address tells no stranger's name."""
    return next((str(role.user) for role in ever if not role.waiting), ever[0].who)


@staff_only(Role.Kind.ADMINISTRATOR)
@fresh
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def clear_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """A colleague lost her app and her recovery codes: she starts anew."""
    by = _user(request)
    person = get_object_or_404(_staff_of(by), pk=pk)
    if not staffing.may_clear_factor(by, person):
        raise Http404
    form = ClearFactorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            staffing.clear_factor(by=by, user=person, reason=form.cleaned_data["reason"])
        except staffing.StaffingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            done = f"Đã bỏ đăng nhập hai bước của {person}. Người này đã được báo, và cài lại khi đăng nhập."
            messages.success(request, done)
            return redirect("accounts:invitation", pk=pk)
    context = {"desk": "roles", "person": person, "form": form}
    return render(request, "accounts/desk/clear_factor.html", context)


def _shown(standing: Invitation | None, may: bool) -> str:
    """The link, to whoever made it, while she may make it.

    One to another password is not shown where it can go to its owner alone, by mail.
    """
    if standing is None or not may or standing.ran_out:
        return ""
    by_mail = standing.resets and settings.MAIL and standing.user.email
    return "" if by_mail else inviting.link(standing)


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_POST
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    return _about_invitation(
        request, pk, inviting.invite, "Đã làm lời mời mới. Liên kết cũ không mở được nữa."
    )


@staff_only(Role.Kind.OFFICIAL_MANAGE)
@require_POST
def call_back(request: HttpRequest, pk: int) -> HttpResponse:
    which = {"1": True, "0": False}.get(request.POST.get("resets", ""))
    done = "Đã thu lại lời mời. Liên kết không mở được nữa; vai trò vẫn còn, bạn thu lại ở trang vai trò."
    if which:
        done = "Đã thu lại liên kết. Mật khẩu cũ của người này vẫn dùng được."
    return _about_invitation(request, pk, partial(inviting.call_back, resets=which), done)


def _about_invitation(request: HttpRequest, pk: int, act: Any, done: str) -> HttpResponse:
    person = get_object_or_404(_invited_of(_user(request)), pk=pk)
    try:
        act(by=_user(request), user=person)
    except inviting.InvitationRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("accounts:invitation", pk=pk)
