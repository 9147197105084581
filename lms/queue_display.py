"""What a learner chose to see, sent by her phone like all she does: once, in order, under her own name."""

from __future__ import annotations

from accounts import display

from .queue import Action, BadAction, Done, handles


@handles("display")
def keep_display(action: Action) -> Done:
    """data.chosen: of `accounts.display.CHOICES`, the rest is left out; null takes all back."""
    chosen = action.data.get("chosen", ())
    if not isinstance(chosen, dict | None):
        raise BadAction("Không đọc được lựa chọn này, nên chưa lưu.")
    kept = display.keep(learner=action.learner, chosen=chosen, at=action.at)
    return Done("Đã lưu cỡ chữ, màu." if kept else "Ở máy khác bạn chọn sau lần này.", {"kept": kept})
