"""Signoff in the process of a test: the real server, and a scripted reviewer."""
