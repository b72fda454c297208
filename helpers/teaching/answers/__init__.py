"""What a class has answered: `python -m helpers.teaching.answers FOLDER` counts the pages that learners saved."""
