"""`python -m handlers.cli`, for where `signoff` is not on the path."""

from handlers.cli import main

main()
