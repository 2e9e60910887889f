"""What single articles need beyond the engine: imports, escalation, checks, today's list."""
