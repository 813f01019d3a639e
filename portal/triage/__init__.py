"""The sorting desk and the queues: where staff decide what happens next."""
