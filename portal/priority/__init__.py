"""The committee votes on what a priority should be, or whether an idea is taken up."""
