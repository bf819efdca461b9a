"""This floor is the database instrument: engine, base types, the few places where two dialects differ."""
