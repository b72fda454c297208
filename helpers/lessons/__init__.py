"""What belongs to one notebook alone, a folder each, of the notebook's own name without its number.

`pictures` are its pictures, `questions` what its panels ask first, and `exercises` its exercises with their answers.
"""
