"""What tests of bots and of venues stand on: virtual time, and the campaign."""
