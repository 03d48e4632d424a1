"""What went wrong, in words and as a document (RFC 9457)."""

from http import HTTPStatus


class Problem(Exception):
    """An answer other than the one that was asked for. `members` are told beside the words."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers, self.members = headers or {}, members

    @property
    def document(self) -> dict[str, object]:
        return {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
            **self.members,
        }


def wrong_parameter(name: str, detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, detail, parameter=name)


def not_found(detail: str) -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, detail)
