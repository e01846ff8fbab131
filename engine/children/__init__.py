"""Helper processes of ours: started and ended by the app, locked up, spoken to over pipes."""
