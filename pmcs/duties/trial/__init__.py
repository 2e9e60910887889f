"""Playing a kind in a scratch store before anyone uses it (KINDS.md, "For the office that writes its own")."""
