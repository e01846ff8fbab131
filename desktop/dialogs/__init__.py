"""Questions to the person, always asked without blocking the loop."""
