"""What a person wants of a page: tasks, and later the requests that models understand."""
