"""The typed commands: parse, call one function, print."""
