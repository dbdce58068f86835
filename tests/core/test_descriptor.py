"""The descriptor: what is refused, with the field and what was expected."""

import copy

import pytest
from support.refusals import refusal_of
from support.tiny_folder import DESCRIPTOR

from carbonshed.dataset.descriptor import parse_descriptor, read_descriptor


def spoil_mrio(**fields):
    def spoil(descriptor):
        descriptor["mrio"].update(fields)
        for key, value in fields.items():
            if value is None:
                del descriptor["mrio"][key]

    return spoil


DESCRIPTORS = {
    "no_block": (lambda d: d.pop("mrio"), "`mrio`"),
    "control_character": (lambda d: d.update(title="a\x07"), "`title` is 'a\\x07'"),
    "control_in_a_list": (
        lambda d: d["sources"].append({"title": "a\x9b"}),
        "`title` is 'a\\x9b'",
    ),
    "long_title": (
        lambda d: d.update(title="a" * 10_001),
        "`title` is 'aaa",
    ),
    "long_source": (
        lambda d: d["sources"].append({"title": "a" * 10_001}),
        "of at most 10,000 letters",
    ),
    "block_of_text": (lambda d: d.update(mrio="EUR"), "`mrio`"),
    "no_currency": (spoil_mrio(currency=None), "`mrio.currency` is missing"),
    "currency_name": (spoil_mrio(currency="Euro"), '`mrio.currency` is "Euro"'),
    "no_unit": (spoil_mrio(currency_unit=None), "`mrio.currency_unit` is missing"),
    "unit_of_text": (spoil_mrio(currency_unit="1000000"), '"1000000"'),
    "unit_of_zero": (spoil_mrio(currency_unit=0), "`mrio.currency_unit` is 0"),
    "negative_unit": (spoil_mrio(currency_unit=-1), "`mrio.currency_unit` is -1"),
    "unit_of_true": (spoil_mrio(currency_unit=True), "`mrio.currency_unit` is true"),
    "huge_unit": (spoil_mrio(currency_unit=10**400), "`mrio.currency_unit`"),
    "no_basis": (spoil_mrio(price_basis=None), "`mrio.price_basis` is missing"),
    "blank_basis": (spoil_mrio(price_basis=" "), "`mrio.price_basis`"),
    "no_country": (spoil_mrio(country=None), "`mrio.country` is missing"),
    "country_of_two": (spoil_mrio(country="FI"), '`mrio.country` is "FI"'),
    "country_name": (spoil_mrio(country="Finland"), '`mrio.country` is "Finland"'),
    "synthetic_word": (spoil_mrio(synthetic="yes"), '`mrio.synthetic` is "yes"'),
    "rates_list": (spoil_mrio(currency_per_usd=[1.0]), "`mrio.currency_per_usd`"),
    "rate_of_text": (
        spoil_mrio(currency_per_usd={"2012": "6"}),
        "`mrio.currency_per_usd.2012`",
    ),
    "rate_of_zero": (
        spoil_mrio(currency_per_usd={"2012": 0}),
        "`mrio.currency_per_usd.2012`",
    ),
    "rate_of_no_year": (
        spoil_mrio(currency_per_usd={"now": 1.0}),
        "`mrio.currency_per_usd`",
    ),
    "noun_of_number": (spoil_mrio(region_noun=1), "`mrio.region_noun` is 1"),
    "noun_of_markup": (
        spoil_mrio(region_noun="<b>", region_noun_plural="<b>"),
        '`mrio.region_noun` is "<b>"',
    ),
    "noun_without_plural": (
        spoil_mrio(region_noun="prefecture"),
        "`mrio.region_noun_plural` is missing",
    ),
    "plural_without_noun": (
        spoil_mrio(region_noun_plural="prefectures"),
        "`mrio.region_noun` is missing",
    ),
    "caveat_of_number": (spoil_mrio(caveat=1), "`mrio.caveat` is 1; expected a sent"),
    "caveat_of_blanks": (spoil_mrio(caveat=" "), '`mrio.caveat` is " "'),
    "caveat_without_end": (spoil_mrio(caveat="a" * 201), "at most 200 characters"),
    "caveat_of_lines": (spoil_mrio(caveat="a\nb"), '`mrio.caveat` is "a'),
    "title_of_number": (lambda d: d.update(title=3), "`title`"),
    "name_of_number": (lambda d: d.update(name=3), "`name`"),
    "licences_of_text": (lambda d: d.update(licenses="MIT"), "`licenses`"),
    "source_without_title": (lambda d: d.update(sources=[{}]), "`sources`"),
}


@pytest.mark.parametrize("case", DESCRIPTORS)
def test_a_wrong_field_is_named(case):
    spoil, fragment = DESCRIPTORS[case]
    content = copy.deepcopy(DESCRIPTOR)
    spoil(content)
    message = refusal_of(parse_descriptor, content)
    assert message.startswith("datapackage.json: `")
    assert fragment in message
    assert "; expected " in message
    assert "\n" not in message


def test_a_good_descriptor():
    found = parse_descriptor(DESCRIPTOR)
    assert (found.title, found.licenses) == (
        "Two regions, two sectors",
        ["Creative Commons Zero"],
    )
    assert found.sources == ["Made up", "by hand"]
    assert found.mrio.currency_unit == 1e6
    assert found.mrio.currency_per_usd == {"2012": 0.8}


def refused(path):
    message = refusal_of(read_descriptor, path / "datapackage.json")
    assert message.startswith("datapackage.json: ")
    return message


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "expected a JSON object"),
        ('{"mrio": {}, "mrio": {}}', "'mrio' occurs twice"),
        ('{"mrio": {"currency_unit": NaN}}', "NaN"),
        ('{"title": "\\ud800"}', "surrogate"),
        ("[" * 100_000, "nested too deeply"),
        (f'{{"mrio": {"9" * 5000}}}', "cannot be read"),
    ],
)
def test_what_is_no_json_object(text, fragment, tmp_path):
    (tmp_path / "datapackage.json").write_text(text, "utf-8")
    assert fragment in refused(tmp_path)


def test_what_is_missing_or_not_utf8(tmp_path):
    assert "no such file" in refused(tmp_path)
    (tmp_path / "datapackage.json").write_bytes('{"title": "Öl"}'.encode("latin-1"))
    assert "line 1 is not UTF-8" in refused(tmp_path)
