"""A Matrix room."""
