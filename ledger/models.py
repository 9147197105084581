"""What people achieved: an append-only ledger with one pending row per reader."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.personal import CONSENT, UNTIL_ERASED, Personal
from places.models import Neighbourhood, Organisation, Place


class Fact(models.Model):
    """Who, where, what, when, and how we know. Written once; undone only by another fact.

    `person` is the learner's id, or after erasure a random number held nowhere else,
    so it is not a foreign key.
    """

    personal = Personal(
        what="Việc học theo mã người học, xã/phường, nhóm, khoảng năm sinh, giới tính; không có tên",
        why="Đếm số người học, và chứng minh con số",
        basis=CONSENT,
        keep="Giữ lâu dài; khi người học xin xóa, mã được thay bằng số ngẫu nhiên không dẫn về ai",
    )

    class Channel(models.TextChoices):
        ONLINE = "online", "trên mạng"
        CLASS = "class", "tại lớp"
        IMPORT = "import", "nhập từ tệp"

    class Asserter(models.TextChoices):
        SERVER = "server", "máy chủ"
        TRAINER = "trainer", "người hướng dẫn"
        CLIENT = "client", "thiết bị của người học"
        FILE = "file", "tệp"

    class LeftOut(models.TextChoices):
        NO = "", "được tính"
        STAFF = "staff", "người hướng dẫn, cán bộ"
        TEST = "test", "tài khoản thử"

    actor = models.CharField(max_length=40, help_text='"user:17", "server"')
    uuid = models.UUIDField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of what the actor sent")
    kind = models.CharField(max_length=24)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")
    reason = models.CharField(max_length=300, blank=True)
    person = models.BigIntegerField()
    same_as = models.BigIntegerField(
        null=True, blank=True, help_text="of a merge: the canonical person that `person` was found to be"
    )
    commune = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    neighbourhood = models.ForeignKey(
        Neighbourhood, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    group = models.CharField(max_length=8)
    gender = models.CharField(max_length=8)
    birth_band = models.PositiveSmallIntegerField(
        help_text="first year of the ten-year band: 1960 is 1960–1969"
    )
    course = models.CharField(max_length=40, blank=True)
    edition = models.PositiveIntegerField(null=True, blank=True)
    item = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=6, choices=Channel)
    assisted = models.BooleanField(default=False)
    asserted_by = models.CharField(max_length=7, choices=Asserter)
    left_out = models.CharField(max_length=5, choices=LeftOut, blank=True, default=LeftOut.NO)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    happened_on = models.DateField(help_text="local day of happened_at: figures count by it")
    recorded_on = models.DateField(help_text="local day of recorded_at: accounting days start from it")
    clamped = models.BooleanField(default=False, help_text="the device's time was outside what is possible")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "uuid"], name="fact_uuid_once_per_actor"),
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("recorded_at")), name="fact_not_before_it_happened"
            ),
            models.CheckConstraint(
                condition=Q(kind="merged", same_as__isnull=False)
                | (~Q(kind="merged") & (Q(same_as=None) | Q(undoes__isnull=False))),
                name="fact_merge_names_two",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "kind", "course"]),
            models.Index(fields=["recorded_on"]),
            # Who is one person with whom: few rows, read with every batch of the counts.
            models.Index(fields=["person"], condition=Q(kind="merged"), name="fact_merges"),
        ]


class Pending(models.Model):
    """One row per fact and reader, deleted in the transaction that writes the reader's result."""

    reader = models.CharField(max_length=16)
    fact = models.ForeignKey(Fact, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "fact"], name="pending_once_per_reader")]


class Receipt(models.Model):
    """The first answer to an action of a device, given again when the action is repeated."""

    personal = Personal(
        what="Tài khoản nào đã gửi một việc, để không ghi hai lần",
        why="Mạng yếu gửi lại không bị đếm thêm",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    actor = models.CharField(max_length=40)
    uuid = models.UUIDField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the action's canonical JSON")
    answer = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "uuid"], name="receipt_uuid_once_per_actor")]


class Claim(models.Model):
    """What a phone learned without an account, as one id: the first person who sends it owns it.

    `person` is a learner's id or, after erasure, the random number in her place: what she had
    claimed cannot be claimed by another.
    """

    personal = Personal(
        what="Phần học trên máy trước khi đăng ký đã ghi cho ai (theo mã)",
        why="Một phần học chỉ ghi cho một người",
        basis=CONSENT,
        keep="Giữ lâu dài; khi người học xin xóa, mã được thay bằng số ngẫu nhiên không dẫn về ai",
    )

    uuid = models.UUIDField(unique=True)
    person = models.BigIntegerField(db_index=True)
    claimed_at = models.DateTimeField(auto_now_add=True)
