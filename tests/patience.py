"""How long a test waits for what must come."""

PATIENCE = 60.0  # seconds: what takes a tenth of one alone may take many on a loaded machine
