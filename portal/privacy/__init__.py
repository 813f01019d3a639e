"""What people may ask for of their own data, and what goes by itself with time."""
