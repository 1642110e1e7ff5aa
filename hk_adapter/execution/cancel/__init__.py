"""What is known of a cancel, what to do next, and what it came to: pure; and the flows that do it."""
