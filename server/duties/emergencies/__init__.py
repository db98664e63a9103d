"""Emergency response 应急处置: who was called and when, at once; all else follows. No names, no illness."""
