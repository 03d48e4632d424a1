"""Keys of sessions tell that they were given here; whoever makes one up is a stranger."""

import pytest

from publications.sessions import names_a_session, new_key


def test_who_signs_in_is_given_a_key_that_tells_so(client, editor):
    client.force_login(editor)

    cookie = client.cookies["sessionid"]
    assert names_a_session({"HTTP_COOKIE": f"a=b; sessionid={cookie.value}; c=d"})
    assert client.get("/desk/").status_code == 200


@pytest.mark.django_db
def test_the_desk_gives_no_key_to_who_only_looks_or_fails_to_sign_in(client):
    client.get("/desk/login/")
    client.post("/desk/login/", {"username": "nobody", "password": "nothing"})

    assert "sessionid" not in client.cookies


def test_a_key_that_was_not_given_here_tells_nothing():
    key = new_key()
    keys = ["", "a" * 40, "\xe5\xff", key[:-1], f"{key}a", f"-{key[1:]}", f"{key[:-1]}-"]

    cookies = ["", "sessionid", f"other={key}", *(f"sessionid={made_up}" for made_up in keys)]

    assert not any(names_a_session({"HTTP_COOKIE": cookie}) for cookie in cookies)


def test_no_cookie_tells_nothing():
    assert not names_a_session({})
