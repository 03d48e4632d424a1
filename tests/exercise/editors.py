"""An editor at the desk, over HTTP: signs in, uploads images, saves, publishes, withdraws."""

import io
import os
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import requests
from lxml import html
from PIL import Image as Pixels

TIMEOUT = 60  # seconds
RETRY_SECONDS, LONGEST_START = 0.05, 300


class Editor:
    """A browser of the editor whose first password is in the folder of the site."""

    def __init__(self, port: int, folder: Path) -> None:
        self._site, self._session = f"http://localhost:{port}", requests.Session()
        logins = (folder / "first-login.txt").read_text("utf-8").splitlines()
        self._password = dict(line.split() for line in logins)["editor"]

    def sign_in(self) -> bool:
        response = self.post("/desk/login/", username="editor", password=self._password, next="/desk/")
        return response.status_code == 302

    def post(self, path: str, *, files: dict | None = None, **fields: object) -> requests.Response:
        """Post to a form of the desk. Raises requests.ConnectionError if the server stops."""
        if "csrftoken" not in self._session.cookies:
            self._session.get(f"{self._site}/desk/login/", timeout=TIMEOUT)
        headers = {"X-CSRFToken": self._session.cookies["csrftoken"]}
        return self._session.post(
            f"{self._site}{path}", data=fields, files=files, headers=headers, timeout=TIMEOUT, allow_redirects=False
        )  # fmt: skip

    def upload(self, image: bytes) -> requests.Response:
        """Upload an image to the library; 302 means that it was stored."""
        return self.post(
            "/desk/publications/image/add/", files={"file": ("noise.jpg", image)}, alt_en="Noise", focus_x=50, focus_y=50
        )  # fmt: skip

    def withdraw(self, publication: int) -> requests.Response:
        path = f"/desk/publications/publication/{publication}/withdraw/"
        page = self._session.get(f"{self._site}{path}", timeout=TIMEOUT).text
        state = re.search(r'name="state" value="([\d.]*)"', page)
        return self.post(path, note="", state=state.group(1) if state else "")

    def publish(self, publication: int) -> None:
        """Publish a draft. The same form is sent again until a server that is killed answers: it publishes once."""
        path = f"/desk/publications/publication/{publication}/publish/"
        page = _repeat(lambda: self._session.get(f"{self._site}{path}", timeout=TIMEOUT))
        form = next(form for form in html.fromstring(page.content).forms if "seen" in form.fields)
        response = _repeat(lambda: self.post(path, **dict(form.form_values())))
        assert response.status_code == HTTPStatus.FOUND, response.text

    def tag(self, publication: int) -> requests.Response:
        """Save the draft with one more tag."""
        return self.post(f"/desk/publications/publication/tags/?of={publication}", add="Exercise")


def _repeat(request: Callable[[], requests.Response]) -> requests.Response:
    """Return the response to a request that is sent until the server answers."""
    ends_at = time.monotonic() + LONGEST_START
    while True:
        try:
            response = request()
        except requests.ConnectionError:
            if time.monotonic() > ends_at:
                raise
        else:
            if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                return response
        time.sleep(RETRY_SECONDS)


def random_jpeg(width: int = 1600, height: int = 1200) -> bytes:
    """Return a random image as JPEG, some 3 MB."""
    stream = io.BytesIO()
    Pixels.frombytes("RGB", (width, height), os.urandom(width * height * 3)).save(stream, "JPEG", quality=90)
    return stream.getvalue()
