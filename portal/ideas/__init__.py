"""Proposals for doing something better, and their life."""
