"""How administrators set the neighbourhood up: places, departments, categories, routes, settings, people."""
