"""The window: Qt and nothing but Qt, a front of `engine.service`."""
