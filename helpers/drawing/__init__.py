"""What all pictures are made of: a figure that is drawn once and moved in place, its artists, and the style."""
