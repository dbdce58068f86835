"""Words of national accounts in several languages, codes of their systems, names."""

import re
from dataclasses import dataclass
from functools import cache

# roles of a row or column beside the matrix
FINAL, EXPORTS, IMPORTS, OUTPUT = "final demand", "exports", "imports", "output"
VALUE_ADDED, TAXES, MARGINS = "value added", "taxes on products", "margins"
CIF_FOB, ADJUSTMENT, DISCREPANCY = "cif/fob adjustment", "adjustment", "discrepancy"
EMISSIONS, TOTAL, UNKNOWN = "emissions", "total", "unknown"


@dataclass(frozen=True)
class Role:
    """The role of a line, and for final demand its group in the contract."""

    name: str
    group: str = ""


# ESA 2010 and SNA 2008, the World Input-Output Database, the US Bureau of Economic
# Analysis, China's Bureau of Statistics, the OECD; the whole label
_CODES = (
    (r"P3_?S14|CONS_h|F010|P31_S14|FU10[12]|HFCE|NPISH", Role(FINAL, "household")),
    (r"P3_?S15|CONS_np|P31_S15", Role(FINAL, "household")),
    (r"P3_?S13|CONS_g|F(06|07|10)C|P3[12]?_S13|FU103|GGFC", Role(FINAL, "government")),
    (r"P51G?|GFCF|FU201|F02[A-Z]|F(06|07|10)[ENS]", Role(FINAL, "investment")),
    (r"P52(_?P?53)?|P5M|INVEN|F030|FU202|INVNT", Role(FINAL, "inventory")),
    (r"P53", Role(FINAL, "other")),
    (r"P6(_\w+)?|EXPO?|EX|F040", Role(EXPORTS)),
    (r"P7(_\w+)?|MCIF|F050|IM|IMPO", Role(IMPORTS)),
    (r"CONS_(ABR|NONRES)|DPABR|NONRES", Role(ADJUSTMENT)),
    (r"MADJ|DP7A|EXP_adj", Role(CIF_FOB)),
    (r"P118|OTTM|IntTTM|Trade|Trans|T014", Role(MARGINS)),
    (r"D21\w*|TXS(P|_\w+)|MDTY|TOP|SUB|T015|T00TOP|T00SUB|TLS", Role(TAXES)),
    (r"D1|D29\w*|D11|D12|K1|P51C|B[23]\w*|V00[1-3]|T00OTOP", Role(VALUE_ADDED)),
    (r"LABR|OTXS|GOPS|VALU|B1G|B1N|TVA|VA(00\d)?|VABAS|VAPRO", Role(VALUE_ADDED)),
    (r"P1|GO|TI|T018|T017|T007", Role(OUTPUT)),
    (r"ERR", Role(DISCREPANCY)),
    (
        r"TOTAL|TI[IU]|TFU|TH?C|GCF|TFINU|TU|SUPBP|SUPPP|T0(01|05|13|16|19)|II_fob"
        r"|P2\w*|P3|P5",
        Role(TOTAL),
    ),
)

# parts of a name; the first match decides
_WORDS = (
    (
        r"\bco2|\bch4\b|\bn2o\b|\bghg|\bemission|greenhouse|emisiones|排放|排出量"
        r"|emissionen",
        Role(EMISSIONS),
    ),
    (r"c\.?i\.?f\.?\W{1,3}f\.?o\.?b|fob.cif", Role(CIF_FOB)),
    (r"non-?residents|by residents|no residentes|非居住者|居住者", Role(ADJUSTMENT)),
    (
        r"(tax|impost|impuest|impôt).*produ\w+(on|ón|ão|one)\b.*import",
        Role(VALUE_ADDED),
    ),
    (
        r"(tax|impost|impuest|impôt|derecho|droit|tariff|dut(y|ies)).*import"
        r"|import\w* (tax|dut|tariff)|einfuhr(abgaben|zoll|zölle|steuer)|輸入品商品税",
        Role(TAXES),
    ),
    (
        r"tax\w* (less|net)\b.*products?\b|taxes on products?\b|tax\w* on products"
        r"|subsid\w* on products|impuestos? (netos )?(sobre|a) (los )?productos"
        r"|impôts sur les produits|gütersteuern|關税|関税"
        r"|(?<!other )taxes less subsidies",
        Role(TAXES),
    ),
    (r"margin|márgen|marge|handelsspann|商業マージン|毛利|流通费", Role(MARGINS)),
    (
        r"discrepan|statistical diff|statistical err|误差|誤差|selisih|estadística",
        Role(DISCREPANCY),
    ),
    (
        r"inventor|stock|existencia|variation de stock|vorratsver|scorte|stok|在庫|库存"
        r"|存货|estoque|zaliha|запас|재고",
        Role(FINAL, "inventory"),
    ),
    (
        r"capital formation|fixed capital form|\binvestments?\b|\bfbcf\b"
        r"|formaci[óo]n bruta|formation brute|anlageinvest|investissement|capital fixe"
        r"|pembentukan modal|固定資本|固定资本|investiment|formação bruta|investic"
        r"|накопление|고정자본",
        Role(FINAL, "investment"),
    ),
    (r"家計外|valuables|objetos valiosos|objets de valeur", Role(FINAL, "other")),
    (
        r"import|\bimp_|\bimpor\b|einfuhr|輸入|移入|流入|进口|uvoz|импорт"
        r"|수입",
        Role(IMPORTS),
    ),
    (
        r"export|exporta|esporta|ausfuhr|ekspor|輸出|移出|流出|出口|izvoz|экспорт|수출"
        r"|rest of the world",
        Role(EXPORTS),
    ),
    (
        r"value added|valor agregado|valor añadido|valeur ajout|wertsch|nilai tambah"
        r"|付加価値|增加值|valor adicionado|dodana vrijednost|добавленн|부가가치",
        Role(VALUE_ADDED),
    ),
    (
        r"compensation of emp|wages|salar|remunera|rémunér|arbeitnehmerent|upah|gaji"
        r"|雇用者所得|劳动者报酬|surplus|excedente|excédent|überschuss|営業余剰"
        r"|营业盈余|mixed income|ingreso mixto|depreciat|consumption of fixed"
        r"|penyusutan|資本減耗|固定资产折旧|abschreib|tax\w*|impuesto|impôt|pajak"
        r"|間接税|生产税|subsid|補助金|subvenc",
        Role(VALUE_ADDED),
    ),
    (
        r"gov\w*|gobierno|gouvern|administrations? publi|\bstaat|pemerintah|政府"
        r"|administra[cç](i[óo]n|ão) p[úu]blica|\b(aapp|apu)\b|vlad|правит|정부|defense"
        r"|consumo (p[úu]blico|colec?tivo)|(public|collective) consumption",
        Role(FINAL, "government"),
    ),
    (
        r"household|private consum|personal consum|hogar|ménage|haushalt|famigli"
        r"|rumah tangga|民間消費|家計|居民|農村|城镇|consumo privado|kućan"
        r"|npish|ipsfl|isblsm|isfls|non-?profit|домаш|가계|famílias",
        Role(FINAL, "household"),
    ),
    (r"consommation|consumo", Role(FINAL)),  # whose is not said
    (
        r"gross output|total output|output|producci[óo]n|production|produktionswert"
        r"|生産額|总产出|总投入|total input|produção|выпуск|산출|proizvodnja",
        Role(OUTPUT),
    ),
    (
        r"total|jumlah|合計|部門計|小計|计$|計$|summe|insgesamt|suma|ukupno|итого|"
        r"gesamt|final use|supply|toplam|합계",
        Role(TOTAL),
    ),
)
# unit as written -> unit of the contract and factor; case matters: Mg is a tonne, mg a
# milligram
_MASSES = {
    "kg": ("kg", 1.0),
    "g": ("kg", 1e-3),
    "t": ("t", 1.0),
    "Mg": ("t", 1.0),
    "kt": ("kt", 1.0),
    "Gg": ("kt", 1.0),
    "Mt": ("Mt", 1.0),
    "Tg": ("Mt", 1.0),
    "Gt": ("Gt", 1.0),
    "Pg": ("Gt", 1.0),
}
# words, in any case
_MASS_WORDS = {
    "gram": ("kg", 1e-3),
    "kilogram": ("kg", 1.0),
    "tonne": ("t", 1.0),
    "ton": ("t", 1.0),
    "metric ton": ("t", 1.0),
    "metric tonne": ("t", 1.0),
    "kiloton": ("kt", 1.0),
    "kilotonne": ("kt", 1.0),
    "1000 tonne": ("kt", 1.0),
    "1000 t": ("kt", 1.0),
    "megaton": ("Mt", 1.0),
    "megatonne": ("Mt", 1.0),
    "million tonne": ("Mt", 1.0),
    "gigaton": ("Gt", 1.0),
    "gigatonne": ("Gt", 1.0),
}
# the substance is no part of the unit: "kg CO2 eq.", "Gg CO2-eq", "kt CO2"
_SUBSTANCE = re.compile(r"\s*\(?co2\s*[- ]?\s*(e|eq|eq\.|equivalents?)?\)?$", re.I)

_SHORT = 2  # characters
_CLOSE_ENOUGH = 0.5  # likeness of two names
# tables of many countries write one before the code: AT_P3_S14, AUS_HFCE
_COUNTRY = r"(?:[A-Z]{2,4}\d?_|W2_)?"
_CODE_RULES = [
    (re.compile(f"{_COUNTRY}(?:{code})", re.IGNORECASE), role) for code, role in _CODES
]
_WORD_RULES = [(re.compile(words, re.IGNORECASE), role) for words, role in _WORDS]

_TOTAL = re.compile(
    r"(sub|grand )?totals?\b|jumlah|合計|小計|总计|合计|summe|insgesamt|ukupno|итого"
    r"|합계|((gross|domestic|final) )*(output|production|inputs?|supply|uses?|demand)$"
    r"|GO$|国内生産額|总产出|总投入",
    re.IGNORECASE,
)
_UNITS = (
    (r"lakh crore", 1e12),
    (r"\bcrores?\b", 1e7),
    (r"\blakhs?\b|hundred thousand", 1e5),
    (r"\b1(?P<sign>[\s.,'])000(?P=sign)000\b", 1e6),
    (r"thousand million|miles de millones|billion|milliard|十億|miliar", 1e9),
    (r"hundred million|億|亿", 1e8),
    (r"million|millones|mio\b|mill\.|百万|100万|juta|milion|млн|\bmn\b", 1e6),
    (r"ten thousand|万元|10\^4", 1e4),
    (r"thousand|\b[\'`]?000\b|miles de|千|ribu|tisu|тыс", 1e3),
)
_CURRENCIES = (
    (r"australian dollar|\$a|\baud\b", "AUD"),
    (
        r"us\$|us dollar|u\.s\. dollar|\busd\b|bureau of economic analysis",
        "USD",
    ),
    (r"\beuros?\b|\beur\b|€", "EUR"),
    (r"kuna|\bhrk\b", "HRK"),
    (r"yen|円|\bjpy\b", "JPY"),
    # as simplified signs write it, in ten thousands and hundred millions
    (r"yuan|人民币|[万亿]元|\bcny\b|\brmb\b", "CNY"),
    (r"rupiah|\bidr\b", "IDR"),
    (r"pesos chilenos|\bclp\b", "CLP"),
    (r"\br\$|\bbrl\b", "BRL"),
    (r"pounds? sterling|£|\bgbp\b", "GBP"),
)


def role_of(texts: tuple[str, ...]) -> Role:
    """Return the role of a line with these labels.

    Long codes of a known system come first, then words, then short codes, which mean
    other things elsewhere: Australia's P1 are wages.
    """
    codes = [text.strip() for text in texts]
    joined = " ".join(texts)
    return (
        _by_code([code for code in codes if len(code) > _SHORT])
        or next((role for words, role in _WORD_RULES if words.search(joined)), None)
        or _by_code(codes)
        or Role(UNKNOWN)
    )


def _by_code(texts: list[str]) -> Role | None:
    for text in texts:
        for code, role in _CODE_RULES:
            if code.fullmatch(text):
                return role
    return None


def is_total(text: str) -> bool:
    """Return whether a label says that it is a total."""
    return _TOTAL.match(text) is not None


def unit_of(text: str) -> float | None:
    """Return the units of currency that one number is worth, if a text states them."""
    return next((unit for words, unit in _UNITS if _has(words, text)), None)


def currency_of(text: str) -> str | None:
    """Return the currency that a text names, if it names one."""
    return next((code for words, code in _CURRENCIES if _has(words, text)), None)


def mass_of(text: str) -> tuple[str, float] | None:
    """Return the contract's unit and how many of it one is, None if not a mass.

    Examples
    --------
    >>> mass_of("Gg"), mass_of("g"), mass_of("TJ")
    (('kt', 1.0), ('kg', 0.001), None)
    """
    plain = _SUBSTANCE.sub("", " ".join(str(text).split()))
    if plain in _MASSES:
        return _MASSES[plain]
    word = plain.casefold()
    return _MASS_WORDS.get(word) or _MASS_WORDS.get(word.removesuffix("s"))


def _has(words: str, text: str) -> bool:
    return re.search(words, text, re.IGNORECASE) is not None


@cache
def nearest_name(text: str, names: tuple[tuple[str, ...], ...]) -> int | None:
    """Return which of several things a text names, None if no name is near enough.

    A name that is in a list is taken as it is; otherwise the nearest one is, if at
    least half of it agrees: publishers translate the same name in many ways.
    """
    plain = _plain_name(text)
    best, best_score = None, 0.0
    for index, own in enumerate(names if plain else ()):
        score = max((_likeness(plain, _plain_name(name)) for name in own), default=0.0)
        if score > best_score:
            best, best_score = index, score
    return best if best_score >= _CLOSE_ENOUGH else None


@cache
def _plain_name(name: str) -> str:
    folded = re.sub(r"\b(and|of|the|for|manuf\.?|manufacture)\b", " ", name.casefold())
    return re.sub(r"[\W_\d]+", "", folded)


@cache
def _likeness(one: str, other: str) -> float:
    """Return the share of pairs of letters that two names have in common, 0 to 1.

    Translations differ in the order of words, which difflib would count as other
    letters: "Scrap and waste" is to be "Waste and scrap".
    """
    if one == other:
        return 1.0
    pairs = [_pairs(text) for text in (one, other)]
    common = len(pairs[0] & pairs[1])
    # another name stays below 1, also if it has the same pairs of letters
    return min(2 * common / max(len(pairs[0]) + len(pairs[1]), 1), 0.99)


def _pairs(text: str) -> set[str]:
    if text.isascii():
        return {text[i : i + 2] for i in range(len(text) - 1)}
    return set(text)  # a Chinese character says as much as a pair of letters
