"""Who may ask: keys, their permissions and addresses, signatures."""
