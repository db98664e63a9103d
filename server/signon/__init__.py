"""Sign-in through another house: OIDC, or 浙政钉 behind the same door."""
