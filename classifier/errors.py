"""What can be wrong with what the classifier is given; each message is one line for a person."""


class ClassifierError(Exception):
    """Something the caller can put right; the message is one clear line."""


class DataError(ClassifierError):
    """A file of messages or labels is missing, empty, wrongly encoded or lacks a column."""


class ModelError(ClassifierError):
    """A stored model is missing, empty, truncated, altered or of another format."""
