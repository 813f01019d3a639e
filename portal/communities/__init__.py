"""The tree of places, the departments, and which category goes to which department where."""
