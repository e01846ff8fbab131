"""One owner of the engine per user: who it is, and how every other command reaches it over a private socket."""
