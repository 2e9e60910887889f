"""The pure engine: kinds, records, events, the fold and the flow. No clock, no file, no git, no screen."""
