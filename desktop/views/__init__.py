"""The widgets a person sees; they know models and events, not machinery."""
