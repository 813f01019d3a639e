"""How well Linli works, in figures: for those who steer it."""
