"""What the demo event is made of: its script (`posts.toml`) and the painters of its pictures."""
