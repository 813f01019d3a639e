"""People, the roles they hold at a place, and signing in."""
