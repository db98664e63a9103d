"""What other systems fetch and hand in (Art. 16): tokens, exports, Open311, webhooks. No personal data leaves here."""
