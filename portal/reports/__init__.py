"""Risk reports and their life."""
