"""Loading a neighbourhood from one file, and the demo."""
