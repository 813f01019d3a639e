"""Panels: who weighs ideas, blind and then together, and what is decided."""
