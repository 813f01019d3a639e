"""Departments and levels together: joint cases, "not ours" with a proposal, matters handed up and down."""
