"""Pilots: trials of ideas, what they did and harmed, and the practices that came of them."""
