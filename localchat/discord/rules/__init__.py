"""What Discord refuses in a body, with a path to each fault."""
