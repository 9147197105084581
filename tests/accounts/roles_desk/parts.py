"""The officials' screens of roles and invitations."""

from accounts import inviting

PASSWORD = "con đò nhỏ sang sông"


def give(client, **data):
    return client.post("/quan-ly/vai-tro/giao/", data)


def link_of(user):
    return inviting.link(user.invitations.standing().get()).replace("http://127.0.0.1:8000", "")


def resets(client, user, reason="Gọi điện, đúng giọng"):
    return client.post(f"/quan-ly/moi/nguoi/{user.pk}/", {"reason": reason})
