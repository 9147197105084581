import pytest

PIN = "482951"


@pytest.fixture
def answers(phu_thai):
    """What a new learner of Phú Thái types at /dang-ky/."""
    return {
        "name": "Nguyễn Thị Lan",
        "phone": "0912 345 678",
        "commune": "Xã Phú Thái",
        "commune_code": "10750",
        "commune_for": "Xã Phú Thái",
        "birth_year": "1964",
        "group": "citizen",
        "pin": PIN,
        "consent": "on",
    }
