"""What Threads and Instagram share, and each of them."""
