"""X by its paid API, counted in money."""
