"""What pytest finds by itself where the client is installed."""
