"""A folder that photos are dropped into."""
