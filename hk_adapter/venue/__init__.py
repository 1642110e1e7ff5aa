"""A venue as its callers see it: opened, called, closed; what one key shares in a process."""
