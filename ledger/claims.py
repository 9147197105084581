"""Learning without an account: a phone marks it with one random id until somebody claims it."""

from __future__ import annotations

import uuid as uuids

from django.db import IntegrityError, transaction

from accounts.merging import canonical_ids
from accounts.models import Learner

from .models import Claim


class Claimed(Exception):
    """It was recorded for somebody else; the message is for the person who sends it."""


def own(claim: uuids.UUID, *, learner: Learner) -> None:
    """The claim is hers from now on. Raises Claimed when it is another person's.

    Two who send it at the same moment: the unique id decides. Two records of one
    merged person are one person. Costs one query once it is hers, else two or three.
    """
    owner = Claim.objects.filter(uuid=claim).values_list("person", flat=True).first()
    if owner is None:
        try:
            with transaction.atomic():
                Claim.objects.create(uuid=claim, person=learner.pk)
            return
        except IntegrityError:
            owner = Claim.objects.values_list("person", flat=True).get(uuid=claim)
    if owner == learner.pk:
        return
    same = canonical_ids({owner, learner.pk})
    if same.get(owner, owner) != same.get(learner.pk, learner.pk):
        raise Claimed("Phần học này đã được ghi cho người khác, nên không ghi thêm lần nữa.")
