"""Pages are worked through: jobs, their states, and the pipeline of one page."""
