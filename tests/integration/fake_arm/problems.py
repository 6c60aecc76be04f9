"""How the fake service says no."""

from __future__ import annotations


class Problem(Exception):  # noqa: N818  # an answer, not a failure of the program
    """One error answer in Azure's shape."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def body(self) -> dict[str, object]:
        """Return the body of the answer."""
        return {"error": {"code": self.code, "message": self.message}}


def require(condition: object, code: str, message: str, status: int = 400) -> None:
    """Refuse the request unless `condition` holds."""
    if not condition:
        raise Problem(status, code, message)
