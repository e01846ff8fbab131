"""A file becomes page images: untrusted bytes are parsed in a process of their own."""
