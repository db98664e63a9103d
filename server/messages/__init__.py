"""The inbox in the app: one line a message, in the stream of the person alone. Other channels come later."""
