"""The campaign over a script: any author's venue in virtual time, its faults seeded, judged by who knows the truth."""
