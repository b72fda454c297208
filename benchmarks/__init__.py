"""Tables of ratios: run by hand, asserted by nothing."""
