from importlib import resources

from babel.messages.pofile import read_po

from models.catalogue.nik import NikProblem
from models.catalogue.phone import PhoneProblem
from models.catalogue.reasons import RefusalReason, ReturnReason

LONGEST = 300
BUTTON = 20


def texts() -> dict[str, str]:
    with resources.files("locales").joinpath("id", "reasons.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def sentences() -> set[str]:
    reasons = {f"reason.return.{reason}" for reason in ReturnReason} | {
        f"reason.refuse.{reason}" for reason in RefusalReason
    }
    return (
        reasons
        | {f"nik.problem.{problem}" for problem in NikProblem}
        | {f"phone.problem.{problem}" for problem in PhoneProblem}
    )


def labels() -> set[str]:
    return {f"{key}.label" for key in sentences() if key.startswith("reason.")}


def test_every_reason_has_its_texts_and_no_text_is_left_over() -> None:
    assert set(texts()) == sentences() | labels()


def test_texts_are_short_enough_to_be_read_and_pressed() -> None:
    found = texts()
    assert all(0 < len(found[key]) <= LONGEST for key in sentences())
    assert all(0 < len(found[key]) <= BUTTON for key in labels())


def test_a_number_that_is_wrong_is_asked_for_with_an_example() -> None:
    found = texts()
    assert all("1274010101909001" in found[f"nik.problem.{problem}"] for problem in NikProblem if problem != "bad_serial")
    assert all("0812-3456-7890" in found[f"phone.problem.{problem}"] for problem in PhoneProblem)


def test_every_return_marks_a_field() -> None:
    assert all(reason.fields for reason in ReturnReason)
