from places.labels import LONGEST, labels


def test_short_names_stay_whole():
    assert labels(["Cát Hải", "Phú Thái", "Nguyễn Bỉnh Khiêm"]) == {
        "Cát Hải": "Cát Hải",
        "Phú Thái": "P.Thái",
        "Nguyễn Bỉnh Khiêm": "NBKhiêm",
    }


def test_names_alike_but_for_marks_are_told_apart():
    made = labels(["Cẩm Giang", "Cẩm Giàng"])
    assert made == {"Cẩm Giang": "C.Giang", "Cẩm Giàng": "CẩGiàng"}


def test_the_order_does_not_matter():
    names = ["Vĩnh Hòa", "Việt Hòa", "Tân Minh", "Tiên Minh"]
    assert labels(names) == labels(reversed(names))


def test_many_names_of_one_shape_stay_unique_and_fit():
    names = [f"Trường {last}" for last in ("Thạnhhhh", "Thạnhhhi", "Thạnhhhk", "Thạnhhhl")] * 2
    names += [f"Tr{c}ờng Thạnhhhh" for c in "ưuươo"] + ["Đảonhỏxaxôi", "Đ"]
    made = labels(names)
    assert len(set(made.values())) == len(made) == len(set(names))
    assert max(map(len, made.values())) <= LONGEST
