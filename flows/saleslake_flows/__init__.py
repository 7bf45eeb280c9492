"""The order in which things are done, and the `saleslake` command line; no logic of its own."""
