"""The envelope that all six duties share: who, where, when, photos, state, version, review, history."""
