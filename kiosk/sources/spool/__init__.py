"""A folder through which other programs hand posts over."""
