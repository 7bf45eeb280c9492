"""`python -m saleslake_flows` is `saleslake`."""

from saleslake_flows.cli import main

if __name__ == "__main__":
    main()
