"""Turns events into deliveries: one row for each recipient and channel."""
