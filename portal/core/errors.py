"""What a domain action may raise; one handler turns each into its page."""


class DomainError(Exception):
    """An action that was refused. The message is for the person, in their language."""

    status = 400

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(DomainError):
    """This person may not do this here."""

    status = 403


class NotFound(DomainError):
    """There is no such thing, or this person may not know of it."""

    status = 404


class Conflict(DomainError):
    """Somebody else changed the thing first."""

    status = 409


class Invalid(DomainError):
    """What was sent can't be used."""

    status = 422


class TooMany(DomainError):
    """Too many attempts in too short a time."""

    status = 429
