"""What the operations of a unit and those of the town both answer: plain values, in the caller's language."""
