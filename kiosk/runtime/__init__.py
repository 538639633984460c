"""Tasks that live as long as the app, free of Qt."""
