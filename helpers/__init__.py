"""What the notebooks of One Weight, Many Uses share, and in `lessons` what each of them has for itself."""
