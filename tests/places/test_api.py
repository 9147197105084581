def test_the_picker_gets_names_and_details(city, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        answer = client.get("/api/v1/places/", {"q": "binh han"})
    assert answer.json() == {
        "places": [
            {
                "code": "10507",
                "name": "Phường Thành Đông",
                "detail": "phường Bình Hàn cũ, thành phố Hải Dương cũ",
            }
        ]
    }


def test_nothing_asked_nothing_found(city, client):
    assert client.get("/api/v1/places/").json() == {"places": []}


def test_a_very_long_question_is_refused(city, client):
    assert client.get("/api/v1/places/", {"q": "a" * 300}).status_code == 400
