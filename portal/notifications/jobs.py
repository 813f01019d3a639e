def register() -> None:
    """Register."""
