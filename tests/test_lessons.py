"""What holds for the exercises of every lesson: each mistake gets words of its own, and each right answer is accepted.

`RIGHT` and `WRONG` of a lesson's facts are answers by exercise: right ones written in different ways, and wrong ones by
words that their message has to contain, for what no registered mistake reaches.
"""

import re
from functools import cache
from itertools import combinations

import pytest

from helpers.exercises import Code, Number
from helpers.exercises.outcomes import RefusedError, describe_difference
from tests import notebooks

EXERCISES = [
    pytest.param(path, number, id=f"{notebooks.lesson(path)}-{number}")
    for path in notebooks.PATHS
    for number in range(1, len(notebooks.check(path).exercises) + 1)
]
by_exercise = pytest.mark.parametrize(("path", "number"), EXERCISES)
LITTLE = {"the", "and", "for", "not", "with", "without", "all", "take", "count", "one", "use", "its", "each", "both"}
LITTLE |= {"are", "from", "into", "out", "too", "only"}  # words that fit any message


def exercise_of(path, number):
    return notebooks.check(path).exercises[number - 1]


def graded(path, number, *answer):
    """Grade an answer in this process; its code is known to do no harm."""
    return exercise_of(path, number).grade(lambda where: None, *answer)


@by_exercise
def test_right_answers_are_accepted_however_they_are_written(path, number):
    answers = notebooks.facts(path).RIGHT[number]
    assert len(answers) >= 2
    for answer in answers:
        assert graded(path, number, *answer) == []


@by_exercise
def test_wrong_answers_get_the_words_that_they_need(path, number):
    wrong = notebooks.facts(path).WRONG.get(number, {})
    messages = {words: "\n".join(graded(path, number, *answer)) for words, answer in wrong.items()}
    for words in wrong:
        assert [other for other, message in messages.items() if words in message] == [words]


@by_exercise
def test_each_mistake_is_answered_in_its_own_words(path, number):
    exercise = exercise_of(path, number)
    if isinstance(exercise, Number):
        assert len(exercise.mistakes) >= 5
        assert len(set(exercise.mistakes.values())) >= len(exercise.mistakes) - 1
        for wrong, words in exercise.mistakes.items():
            assert graded(path, number, wrong)[1:] == [words]
    elif isinstance(exercise, Code):
        assert len({mistake.words for mistake in exercise.mistakes}) == len(exercise.mistakes) >= 5
        for mistake in exercise.mistakes:
            assert graded(path, number, mistake.function)[-1] == mistake.words, mistake.function.__name__


def words_in(text):
    parts = re.findall(r"[a-z]+", re.sub(r"([A-Z][a-z])", r" \1", text).lower())
    return {part for part in parts if len(part) > 2} - LITTLE


@by_exercise
def test_the_name_of_a_mistake_says_what_its_message_says(path, number):
    """So two messages that are swapped are noticed."""
    exercise = exercise_of(path, number)
    for mistake in exercise.mistakes if isinstance(exercise, Code) else []:
        name, message = words_in(mistake.function.__name__), words_in(mistake.words)
        assert any(word.startswith(part[:5]) for part in name for word in message), (name, mistake.words)


@by_exercise
def test_no_two_mistakes_lead_to_the_same_in_all_cases(path, number):
    """The words of the second would never be said."""
    exercise = exercise_of(path, number)
    if not isinstance(exercise, Code):
        return
    cases = list(exercise.cases())

    @cache
    def outcomes(function):
        found = []
        for case in cases:
            try:
                found.append(exercise.outcome(function, case))
            except RefusedError as problem:
                found.append({"refused": str(problem)})
        return found

    for one, other in combinations(exercise.mistakes, 2):
        same = all(
            first.keys() == second.keys()
            and all(describe_difference(first[part], second[part]) is None for part in first)
            for first, second in zip(outcomes(one.function), outcomes(other.function), strict=True)
        )
        assert not same, (one.function.__name__, other.function.__name__)


@by_exercise
def test_no_message_gives_the_number_away(path, number):
    exercise = exercise_of(path, number)
    if isinstance(exercise, Number):
        assert exercise.right not in exercise.mistakes
        for words in exercise.mistakes.values():
            said = [int(digits.replace(",", "")) for digits in re.findall(r"\d[\d,]*\b", words)]
            assert exercise.right not in said


@pytest.mark.parametrize("path", notebooks.PATHS, ids=notebooks.lesson)
def test_every_solution_is_right_and_every_question_is_open(path):
    """Both run where the learner runs them: after all other cells."""
    grades, names = [], dict(notebooks.run_here(path).names)
    check = names["check"]
    assert check is notebooks.check(path)
    names["check"] = lambda number, *answer: grades.append((number, check.grade(number, *answer)[0]))
    questions = [cell.source for cell in notebooks.cells(path) if cell.source.rpartition("\n")[2].startswith("check(")]
    for sources, finding in ((questions, None), (notebooks.solutions(path), [])):
        grades.clear()
        for source in sources:
            exec(source, names)
        assert grades == [(number, finding) for number in range(1, len(check.exercises) + 1)]
