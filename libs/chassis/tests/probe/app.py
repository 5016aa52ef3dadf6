"""What the frame's own tests run."""
