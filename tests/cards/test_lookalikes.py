import pytest

from bot.lookalikes import host_of, mixed_scripts, remark_on


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("p\u0430ypal", ("Latin", "Cyrillic")),
        ("see p\u0430ypal.com now", ("Latin", "Cyrillic")),
        ("\u03b1dmin", ("Latin", "Greek")),
        ("\uff41dmin", ("Latin", "full-width")),
        ("admin", ()),
        ("Zoë_größe", ()),
        ("админ admin", ()),
        ("東京tokyo", ()),
    ],
)
def test_words_that_mix_alphabets_are_remarked(text: str, scripts: tuple[str, ...]) -> None:
    assert mixed_scripts(text) == scripts


def test_the_remark_names_both_scripts() -> None:
    assert remark_on("p\u0430ypal") == "mixed scripts: Latin and Cyrillic, in p‹U+0430›ypal"
    assert remark_on("plain") is None


def test_right_to_left_letters_are_remarked() -> None:
    assert "right-to-left" in (remark_on("delete עברית") or "")


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://ci.example.com/run/1", "ci.example.com"),
        ("https://good.example@evil.example/", "evil.example"),
        ("https://\u0430pple.com/", "\u0430pple.com (really xn--pple-43d.com), "
         "mixed scripts: Latin and Cyrillic, in ‹U+0430›pple.com"),
        ("https://[broken", "no host"),
    ],
)  # fmt: skip
def test_a_host_in_disguise_is_shown_as_the_network_knows_it(address: str, host: str) -> None:
    assert host_of(address) == host
