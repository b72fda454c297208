"""What the notebooks of One Weight, Many Uses share: counts, layers, digits, training, figures and live panels."""
