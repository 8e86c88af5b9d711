"""What a broken run leaves behind is taken up again."""

from pathlib import Path

from tests.bench.ktp.answers import answers_in, code_of
from tests.bench.ktp.photos import Shot, plan, printed, truth_of
from tests.cards.seeds import is_judging


def test_answers_are_taken_over_but_for_the_line_in_which_the_run_broke_off(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text('{"file": "a.jpg", "nik": null}\n{"memory_mb": 300.0, "children_mb": 0.0}\n{"file": "b.jpg", "ni')
    answers, needs = answers_in(file)
    assert (list(answers), needs) == (["a.jpg"], [{"memory_mb": 300.0, "children_mb": 0.0}])
    assert answers_in(tmp_path / "none") == ({}, [])


def test_other_code_has_another_name_and_no_code_has_none() -> None:
    assert code_of(("ocr/**/*",)) == code_of(("ocr/**/*", "ocr/read.py")) != code_of(("ocr/*.py",))


def test_a_larger_run_holds_the_photos_of_a_smaller_one_and_only_judging_seeds() -> None:
    small, large = plan(60), plan(240)
    assert {shot.file for shot in small} <= {shot.file for shot in large}
    assert all(is_judging(shot.seed) for shot in large)


def test_the_truth_of_a_photo_is_that_of_the_card_that_was_drawn() -> None:
    shot = Shot("clean-9051.jpg", "clean", 9051)
    assert truth_of(shot) == printed(shot.card.truth)
