from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.durations import LONGEST, read_duration, spell, third_of
from config.problems import WrongValueError

lengths = st.integers(0, int(LONGEST.total_seconds())).map(lambda n: timedelta(seconds=n))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("30m", 1_800),
        ("2h", 7_200),
        ("1d", 86_400),
        ("1h30m", 5_400),
        ("1h 30m", 5_400),
        (" 90s ", 90),
        ("0s", 0),
        ("PT30M", 1_800),
        ("P1DT12H", 129_600),
        ("P2W", 1_209_600),
    ],
)
def test_a_length_of_time_is_read_with_its_unit(text: str, seconds: int) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", [30, 30.5, "30", "1.5"])
def test_a_bare_number_is_refused_with_the_question_that_it_leaves_open(value: object) -> None:
    with pytest.raises(WrongValueError) as refused:
        read_duration(value)

    assert "has no unit: are these seconds or minutes?" in refused.value.wrong
    assert '"30m"' in refused.value.right


@pytest.mark.parametrize(
    "text", ["", "m", "30 minutes", "30M", "-5m", "1m1h", "P", "PT", "P1DT", "P1Y", "1h1h", "٣m"]
)
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(WrongValueError, match="is not a length of time"):
        read_duration(text)


@pytest.mark.parametrize("value", [True, None, [], {}])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(WrongValueError, match="is not a length of time"):
        read_duration(value)


@pytest.mark.parametrize("text", ["366d", "999999999d", "999999999h", "P999999999W"])
def test_more_than_a_year_is_taken_for_a_slip(text: str) -> None:
    with pytest.raises(WrongValueError, match="is longer than a year"):
        read_duration(text)


@given(lengths)
def test_what_is_spelt_is_read_back(length: timedelta) -> None:
    assert read_duration(spell(length)) == length


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        length = read_duration(text)
    except WrongValueError:
        return

    assert timedelta(0) <= length <= LONGEST


@given(lengths.filter(lambda length: length > timedelta(seconds=2)))
def test_a_suggested_third_is_shorter_than_half(length: timedelta) -> None:
    third = third_of(length)

    assert timedelta(0) < third <= length / 2
    assert read_duration(spell(third)) == third
