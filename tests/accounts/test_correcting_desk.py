"""The requests desk: a record corrected by an official, and the other person found."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts import correcting, finding, requesting, retention
from accounts.correcting import Changes
from accounts.erasing import NotYours
from accounts.exporting import collect
from accounts.models import Correction, DataRequest, Learner, Look, Message, Notice, User
from tests.make import make_learner, make_role, make_user

DESK = "/quan-ly/yeu-cau/"


@pytest.fixture
def asked(lan):
    return requesting.ask(learner=lan, kind="correct", text="Tên tôi là Lành")


@pytest.fixture
def father(phu_thai):
    return make_learner("Nguyễn Văn Bố", commune=phu_thai, birth_year=1940)


@pytest.fixture
def for_father(lan):
    return requesting.ask(
        learner=lan, kind="correct", text="x", relation="parent", about_name="Nguyễn Văn Bố"
    )


@pytest.fixture
def desk(client, chi):
    client.force_login(chi)
    return client


def as_it_is(learner: Learner, **changed) -> Changes:
    kept = {"name": learner.name, "birth_year": learner.birth_year, "commune": learner.commune}
    return Changes(**kept | changed)


def correct(asked, by, learner, **changed):
    seen = changed.pop("seen_papers", False)
    changes = as_it_is(learner, **changed)
    return requesting.correct(request=asked, by=by, text="Đã sửa", changes=changes, seen_papers=seen)


def typed(learner, **changed):
    sent = {"name": learner.name, "birth_year": learner.birth_year, "commune": learner.commune.name}
    return sent | {"phone": learner.user.phone, "text": "Đã sửa cho bà"} | changed


def test_before_and_after_are_kept_and_the_person_is_told(asked, chi, lan, cam_giang):
    correct(asked, chi, lan, name="Nguyễn Thị Lành", birth_year=1965, commune=cam_giang)
    lan.refresh_from_db()
    assert (lan.name, lan.birth_year, lan.commune) == ("Nguyễn Thị Lành", 1965, cam_giang)
    assert User.objects.get(pk=lan.user.pk).name == "Nguyễn Thị Lành"
    assert list(Correction.objects.values_list("what", "before", "after", "by")) == [
        ("name", "Nguyễn Thị Lan", "Nguyễn Thị Lành", chi.pk),
        ("birth_year", "1964", "1965", chi.pk),
        ("commune", "Xã Phú Thái (10750)", "Xã Cẩm Giang (10888)", chi.pk),
    ]
    asked.refresh_from_db()
    assert asked.state == "done"
    told = " ".join(Notice.objects.filter(learner=lan).values_list("text", flat=True))
    assert "họ và tên: Nguyễn Thị Lan → Nguyễn Thị Lành" in told
    assert "Đã sửa" in told


def test_what_did_not_change_leaves_no_row(asked, chi, lan):
    correct(asked, chi, lan, birth_year=1965)
    assert Correction.objects.get().what == "birth_year"
    lan.refresh_from_db()
    assert lan.name == "Nguyễn Thị Lan"


def test_a_village_stays_with_its_commune(asked, chi, lan, phu_thai, cam_giang):
    lan.neighbourhood = phu_thai.neighbourhoods.create(name="Thôn 1")
    lan.save()
    correct(asked, chi, lan, name="Nguyễn Thị Lành")
    lan.refresh_from_db()
    assert lan.neighbourhood.name == "Thôn 1"
    again = requesting.ask(learner=lan, kind="correct", text="x")
    correct(again, chi, lan, commune=cam_giang)
    lan.refresh_from_db()
    assert lan.neighbourhood is None


def test_nothing_changed_is_no_correction(asked, chi, lan):
    with pytest.raises(correcting.NothingChanged):
        correct(asked, chi, lan)
    asked.refresh_from_db()
    assert asked.state == "new"


def test_another_request_does_not_open_the_record(lan, chi):
    asked = requesting.ask(learner=lan, kind="copy")
    with pytest.raises(requesting.NotThat):
        correct(asked, chi, lan, name="Khác")


def test_a_closed_one_changes_nothing(asked, chi, lan):
    requesting.refuse(request=asked, by=chi, text="Không")
    with pytest.raises(requesting.Closed):
        correct(asked, chi, lan, name="Khác")
    assert Learner.objects.get(pk=lan.pk).name == "Nguyễn Thị Lan"


def test_who_moved_away_is_no_longer_hers_to_correct(asked, chi, lan, cam_giang):
    Learner.objects.filter(pk=lan.pk).update(commune=cam_giang)
    with pytest.raises(correcting.NotYours):
        correct(asked, chi, lan, name="Khác")


def test_nobody_corrects_herself_at_the_desk(asked, lan, phu_thai):
    make_role(lan.user, "official_manage", phu_thai)
    with pytest.raises(correcting.OwnRecord):
        correct(asked, lan.user, lan, name="Khác")


class TestPhone:
    NEW = "+84987000111"

    def test_it_is_unproved_and_the_old_number_hears_of_it(self, asked, chi, lan, settings):
        settings.SMS = settings.SMS | {"GATEWAY": "console", "PRICE": 800, "DAILY_CAP": 100_000}
        old = lan.user.phone
        User.objects.filter(pk=lan.user.pk).update(phone_verified_at=timezone.now())
        correct(asked, chi, lan, phone=self.NEW)
        user = User.objects.get(pk=lan.user.pk)
        assert (user.phone, user.phone_verified_at) == (self.NEW, None)
        assert Message.objects.get().to == old
        assert "0987 ••• 111" in Notice.objects.get(user=user).text
        assert Correction.objects.get().after == "0987 000 111"

    def test_another_persons_number_is_refused(self, asked, chi, lan):
        make_user(phone=self.NEW)
        with pytest.raises(correcting.NumberTaken):
            correct(asked, chi, lan, phone=self.NEW)

    def test_the_staffs_own_door_is_another_matter(self, asked, chi, lan):
        User.objects.filter(pk=lan.user.pk).update(email="lan@example.vn")
        lan.user.refresh_from_db()
        with pytest.raises(correcting.NoSignIn):
            correct(asked, chi, lan, phone=self.NEW)

    def test_the_number_of_others_elsewhere_stays(self, asked, chi, lan, cam_giang):
        make_learner("Trần Thị Hoa", commune=cam_giang, user=lan.user)
        with pytest.raises(correcting.OthersOnIt):
            correct(asked, chi, lan, phone=self.NEW)

    def test_open_codes_end_with_it(self, asked, chi, lan):
        _, _code = correcting.codes.make(purpose="forgotten", user=lan.user)
        correct(asked, chi, lan, phone=self.NEW)
        assert not lan.user.one_time_codes.filter(ended_at=None).exists()

    def test_the_form_asks_whether_it_is_she(self, desk, asked, lan):
        page = desk.post(f"{DESK}{asked.public_id}/sua/", typed(lan, phone="0987000111")).content.decode()
        assert "phải biết chắc đúng là người này" in page
        assert not Correction.objects.exists()
        desk.post(f"{DESK}{asked.public_id}/sua/", typed(lan, phone="0987000111", met="on"))
        assert Correction.objects.get().what == "phone"


class TestScreen:
    def test_it_shows_what_was_corrected(self, desk, asked, lan):
        answer = desk.post(f"{DESK}{asked.public_id}/sua/", typed(lan, name="Nguyễn Thị Lành"), follow=True)
        html = answer.content.decode()
        for words in ("Nguyễn Thị Lan<", "Nguyễn Thị Lành<", "Phạm Thị Chi", "Đã sửa cho bà"):
            assert words in html
        assert Look.objects.filter(screen="Sửa hồ sơ theo yêu cầu", why=asked.number).exists()

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({"name": ""}, "Hãy ghi họ"),
            ({"birth_year": "1066"}, "Năm sinh phải từ"),
            ({"commune": "Nơi không có"}, "aria-invalid"),
            ({"text": ""}, "Hãy ghi vài câu"),
            ({}, "Bạn chưa sửa gì"),
        ],
    )
    def test_what_is_wrong_is_said(self, desk, asked, lan, sent, words):
        assert words in desk.post(f"{DESK}{asked.public_id}/sua/", typed(lan, **sent)).content.decode()
        assert not Correction.objects.exists()

    def test_a_child_needs_her_guardian(self, desk, asked, lan):
        young = timezone.localdate().year - 12
        html = desk.post(f"{DESK}{asked.public_id}/sua/", typed(lan, birth_year=young)).content.decode()
        assert "chưa đủ 16 tuổi" in html
        assert not Correction.objects.exists()

    def test_a_request_for_something_else_has_no_form(self, desk, lan):
        other = requesting.ask(learner=lan, kind="copy")
        assert desk.get(f"{DESK}{other.public_id}/sua/").status_code == 302

    def test_one_for_another_who_is_not_found_has_none(self, desk, for_father):
        assert desk.get(f"{DESK}{for_father.public_id}/sua/").status_code == 302


class TestTheOther:
    def test_found_by_name_without_marks_and_noted(self, desk, for_father, father, sau, cam_giang):
        elsewhere = make_learner("Nguyễn Văn Bố", commune=cam_giang)
        html = desk.get(f"{DESK}{for_father.public_id}/tim/?q=van bo").content.decode()
        assert str(father.public_id) in html
        assert str(elsewhere.public_id) not in html
        look = Look.objects.get(learner=father)
        assert (look.screen, look.why) == ("Tìm người trong yêu cầu gửi thay", for_father.number)

    def test_nobody_looks_before_a_search(self, desk, for_father, father):
        html = desk.get(f"{DESK}{for_father.public_id}/tim/").content.decode()
        assert 'value="Nguyễn Văn Bố"' in html
        assert str(father.public_id) not in html
        assert not Look.objects.filter(learner=father).exists()

    @pytest.mark.parametrize(
        ("typed_in", "words"),
        [("Người Lạ", "Không tìm thấy ai"), ("0900000001", "Không tìm thấy ai"), ("a", "ít nhất 2 chữ")],
    )
    def test_nobody_is_found(self, desk, for_father, typed_in, words):
        assert words in desk.get(f"{DESK}{for_father.public_id}/tim/", {"q": typed_in}).content.decode()

    def test_by_number(self, desk, for_father, father):
        html = desk.get(f"{DESK}{for_father.public_id}/tim/", {"q": father.user.phone}).content.decode()
        assert str(father.public_id) in html

    def test_too_many_searches_stop(self, desk, for_father, father, monkeypatch):
        monkeypatch.setattr(finding, "AN_HOUR", 2)
        path = f"{DESK}{for_father.public_id}/tim/?q=bo"
        pages = [desk.get(path).content.decode() for _ in range(3)]
        assert [str(father.public_id) in page for page in pages] == [True, True, False]
        assert "quá nhiều lần" in pages[2]
        assert "quá nhiều lần" in desk.get("/quan-ly/giup-vao-lai/?q=bo").content.decode()

    def test_chosen_corrected_and_told(self, desk, for_father, father, lan):
        path = f"{DESK}{for_father.public_id}/"
        assert (
            "Đã ghi: yêu cầu này là cho"
            in desk.post(f"{path}tim/", {"nguoi": str(father.public_id)}, follow=True).content.decode()
        )
        html = desk.post(f"{path}sua/", typed(father, birth_year=1941)).content.decode()
        assert "cần gặp trực tiếp" in html
        desk.post(f"{path}sua/", typed(father, birth_year=1941, seen_papers="on"))
        father.refresh_from_db()
        assert father.birth_year == 1941
        assert "1940 → 1941" in Notice.objects.get(learner=father).text
        assert "đã làm xong" in Notice.objects.get(learner=lan).text
        assert Learner.objects.get(pk=lan.pk).birth_year == 1964

    @pytest.mark.parametrize("who", ["elsewhere", "asker", "nobody", "no uuid"])
    def test_who_is_not_hers_is_not_chosen(self, desk, for_father, lan, cam_giang, who):
        elsewhere = make_learner("Nguyễn Văn Bố", commune=cam_giang)
        given = {"elsewhere": str(elsewhere.public_id), "asker": str(lan.public_id), "no uuid": "x"}
        sent = {"nguoi": given.get(who, "00000000-0000-4000-8000-000000000000")}
        assert desk.post(f"{DESK}{for_father.public_id}/tim/", sent).status_code == 404
        for_father.refresh_from_db()
        assert for_father.about is None

    def test_the_asker_is_never_the_other(self, for_father, lan, chi):
        with pytest.raises(requesting.NotThatPerson):
            requesting.name_person(request=for_father, by=chi, learner=lan)

    def test_a_request_for_oneself_has_no_other(self, desk, asked, father, chi):
        assert desk.get(f"{DESK}{asked.public_id}/tim/").status_code == 302
        with pytest.raises(requesting.NotThatPerson):
            requesting.name_person(request=asked, by=chi, learner=father)

    def test_an_erasure_takes_the_other_and_not_the_asker(self, lan, father, chi):
        asked = requesting.ask(
            learner=lan, kind="erase", text="Bố tôi", relation="parent", about_name="Nguyễn Văn Bố"
        )
        requesting.name_person(request=asked, by=chi, learner=father)
        with pytest.raises(requesting.ProofMissing):
            requesting.erase(request=asked, by=chi, reason="asked")
        requesting.erase(request=asked, by=chi, reason="family", seen_papers=True)
        assert not Learner.objects.filter(pk=father.pk).exists()
        asked.refresh_from_db()
        assert (asked.state, asked.learner, asked.text, asked.about_name) == ("done", lan, "", "")
        assert "đã xóa" in Notice.objects.get(learner=lan).text

    def test_an_erasure_of_who_is_not_hers_is_refused(self, lan, father, chi, cam_giang):
        asked = requesting.ask(learner=lan, kind="erase", relation="parent", about_name="Nguyễn Văn Bố")
        requesting.name_person(request=asked, by=chi, learner=father)
        Learner.objects.filter(pk=father.pk).update(commune=cam_giang)
        with pytest.raises(NotYours):
            requesting.erase(request=asked, by=chi, reason="family", seen_papers=True)
        asked.refresh_from_db()
        assert asked.about == father

    def test_her_name_goes_from_the_request_when_she_is_erased_otherwise(self, for_father, father, chi):
        requesting.name_person(request=for_father, by=chi, learner=father)
        requesting.answer(request=for_father, by=chi, text="Ông Nguyễn Văn Bố tới gặp")
        own = requesting.ask(learner=father, kind="erase")
        requesting.erase(request=own, by=chi, reason="asked")
        for_father.refresh_from_db()
        kept = [for_father.about_name, for_father.text, *for_father.steps.values_list("text", flat=True)]
        assert "Bố" not in "".join(kept)

    def test_an_objection_is_carried_out_for_the_other(self, lan, father, chi):
        asked = requesting.ask(learner=lan, kind="object", relation="parent", about_name="Nguyễn Văn Bố")
        requesting.name_person(request=asked, by=chi, learner=father)
        with pytest.raises(requesting.ProofMissing):
            requesting.hide_name(request=asked, by=chi, text="Đã ẩn")
        requesting.hide_name(request=asked, by=chi, text="Đã ẩn", seen_papers=True)
        father.refresh_from_db()
        assert father.name_hidden
        assert not Learner.objects.get(pk=lan.pk).name_hidden


def test_she_reads_it_in_her_copy_and_it_goes_with_her(asked, chi, lan):
    correct(asked, chi, lan, name="Nguyễn Thị Lành")
    (record,) = collect(lan)["records"]
    rows = next(one["rows"] for one in record["sections"] if one["title"] == "Đã sửa trong hồ sơ")
    assert (rows[0]["Trước"], rows[0]["Nay"]) == ("Nguyễn Thị Lan", "Nguyễn Thị Lành")
    lan.refresh_from_db()
    requesting.erase(request=requesting.ask(learner=lan, kind="erase"), by=chi, reason="asked")
    assert not Correction.objects.exists()


def test_it_is_forgotten_after_two_years(asked, chi, lan):
    correct(asked, chi, lan, name="Nguyễn Thị Lành")
    assert retention.run(timezone.now())["corrections"] == 0
    assert retention.run(timezone.now() + timezone.timedelta(days=731))["corrections"] == 1
    assert not DataRequest.objects.exclude(state="new").exists()
