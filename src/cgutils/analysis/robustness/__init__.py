"""How far a comparison survives other choices, other coders, missing indicators and single ratings."""
