"""A chat workspace on this machine, for developing and testing bots; see README.md."""
