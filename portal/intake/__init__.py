"""The steps a resident goes through, and following what was sent."""
