"""Evidence: photos are accepted, verified, stripped and shown to whoever may see the record that names them."""
