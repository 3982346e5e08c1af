"""How good the answers are, and what they cost. Pure: a figure has its n and its interval."""
