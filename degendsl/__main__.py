"""`python -m degendsl`."""

from degendsl.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
