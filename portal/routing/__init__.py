"""What the classifier said, what people decided, and why."""
