"""Ids, names and proposed groups of the sectors and lines of a table.

Groups follow from codes and from words of several languages. A person corrects a
proposal: offices invent names, and no list of words has them all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carbonshed.readers.look.classify import Finding, Line
from carbonshed.readers.look.match import filled
from carbonshed.readers.look.survey import Survey

AGRICULTURE, ENERGY, CONSTRUCTION = "agriculture", "energy", "construction"
HEAVY, LIGHT, HIGH_TECH, SERVICES = (
    *("heavy_industry", "light_industry", "high_tech"),
    "services",
)

# ISIC Rev. 4 and NACE Rev. 2: the last division of each run, and its group
_DIVISIONS = (
    (3, AGRICULTURE),
    (6, ENERGY),
    (8, HEAVY),
    (9, ENERGY),
    (18, LIGHT),
    (19, ENERGY),
    (25, HEAVY),
    (30, HIGH_TECH),
    (33, LIGHT),
    (35, ENERGY),
    (39, SERVICES),
    (43, CONSTRUCTION),
    (99, SERVICES),
)
_SECTIONS = dict.fromkeys("EGHIJKLMNOPQRSTU", SERVICES) | {
    "A": AGRICULTURE,
    "B": ENERGY,
    "C": HEAVY,
    "D": ENERGY,
    "F": CONSTRUCTION,
}
_ISIC = re.compile(
    r"(?:CPA_|NACE_|ISIC_)?([A-U])(\d\d)?(\d*[A-Z]?)(?:(?:[-_T]|_?T)[A-U]?\d*)*"
)
# NAICS: the beginning of the code
_NAICS = (
    ("11", AGRICULTURE),
    ("211", ENERGY),
    ("212", HEAVY),
    ("21", ENERGY),
    ("22", ENERGY),
    ("23", CONSTRUCTION),
    ("324", ENERGY),
    ("325", HEAVY),
    ("326", HEAVY),
    ("327", HEAVY),
    ("331", HEAVY),
    ("332", HEAVY),
    ("333", HIGH_TECH),
    ("334", HIGH_TECH),
    ("335", HIGH_TECH),
    ("336", HIGH_TECH),
    ("3", LIGHT),
)
_BEA = re.compile(r"\d{2,4}[A-Z]{0,3}|4A0|HS|ORE|G[A-Z]{2,3}|Other|Used")
# the first rule that fits decides; names of goods before what is done with them
_POWER = (
    r"electricity|electric (power|util)|\bpower$|\bpower (gen|supply|stat)"
    r"|\butilities\b|ketenagalistrik|pengadaan listrik|electricidad|électricité"
    r"|elektrizit|elettric|energia elétrica|電力|电力|전력|электроэнерг|električn"
)
_RULES = (
    (
        LIGHT,
        r"(processed|meat|dairy|seafood|fruit|grain mill|oils and fats|bakery|sugar"
        r"|food|beverage|tobacco).*(manufact|product)"
        r"|makanan|tepung|roti, |tembakau|飲食|食品|nahrungs"
        r"|aliment.*(industr|fabric|produc)|pengawetan|minuman|minyak dari nabati",
    ),
    (
        SERVICES,
        r"\bstores?\b|wholesale|retail|dealer|perdagangan|comercio|商業|批发|handel\b"
        r"|commerce|restaurant|food (and beverage )?serv|makan minum|penyediaan ako"
        r"|hotel|accommodation|alojamiento|住宿|飲食サービス|travel|veterinary act",
    ),
    (
        HIGH_TECH,
        r"electrical (and optical )?(equip|mach|appl)|electr[oó]ni"
        r"|computer(?! prog| sys)|semiconduct|optical|instrument|aircraft|aerospace"
        r"|\bships? |rolling stock"
        r"|peralatan listrik|kendaraan bermotor, trailer|電気|電子|情報通信機器|乗用車"
        r"|自動車|輸送機械|機械|设备|仪器|domestic appliance|fahrzeug|elektronik"
        r"|motor vehicles?,? (bod|and part|trail|manuf)|manufacture of motor"
        r"|transport(ation)? equip|machinery(?! rent)(?!.*repair)|\bmesin dan perl",
    ),
    (SERVICES, r"repair|reparasi|reparaci|réparation|修理|instandhalt"),
    (
        CONSTRUCTION,
        r"construct|building (construct|instal)|civil engineer|konstruksi|bangunan"
        r"|instalasi gedung|construcc|edificac|建築|建設|土木|公共事業|建筑|baugewerb"
        r"|construção|građevin|строит|건설",
    ),
    (
        SERVICES,
        r"wholesale|\btrade\b|rental|rent(al|ing)|leasing|property operat|software"
        r"|computer|publish|broadcast|telecom|comunicac|komunikasi|information"
        r"|motion pic|financ|bank|insur|asuransi|keuangan|seguro|real estate"
        r"|inmobiliari|dwelling|\bhousing|legal|account|architect|research|advertis"
        r"|広告|employment|security|educa|pendidikan|教育|health|kesehatan|salud|医療"
        r"|hospital|social|\barts?\b|sport|recreat|gambl|hiburan|kesenian|transport"
        r"|angkutan|運輸|交通|warehous|pergudangan|postal|courier|public admin"
        r"|administra|pemerintah|公務|government|defen[cs]e|membership|団体"
        r"|household as|personal serv|perorangan|個人サービス|perusahaan"
        r"|services? (to|personal)|servicios|サービス|情報|通信|金融|不動産|heritage"
        r"|library|賃貸|cleaning(?! comp)|empresarial|商务|服务|dienstleist|penerbitan"
        r"|noncomparable|scrap",
    ),
    (
        AGRICULTURE,
        r"agricult|crops?\b|\bfarm(s|ing|er)?\b|livestock|poultry|sheep|cattle|fish"
        r"|forest|aquacult|logging|hunting|pertanian|tanaman|perkebunan|peternakan"
        r"|kehutanan|perikanan|agropec|silv[ií]c|\bpesca|農林|漁業|農業|农林|农业"
        r"|landwirt|\bforst|fischerei|pêche|sylvic|ganader|poljopriv|сельск|농림",
    ),
    (
        ENERGY,
        r"\bcoal|petrol|oil and gas|crude|natural gas|gas supply|\bcoke|refin"
        r"|\bfuels?\b"
        r"|\bsteam|batubara|migas|minyak (&|dan) gas|\bgas\b|石油|石炭|ガス|熱供給"
        r"|煤|燃气|炼焦|kohle|mineralöl|erdöl|carb[óo]n|petr[óo]le|combustib|\bnafta",
    ),
    (
        HEAVY,
        r"chemic|pharmac|medicin|metal|steel|\biron|cement|glass|ceramic|mineral|rubber"
        r"|plastic|polymer|concrete|clay|\bores?\b|mining|\bmines?\b|quarr|kimia|logam|karet"
        r"|barang galian|pertambangan|farmasi|鉄|金属|化学|窯業|ゴム|鉱業|矿|钢|非金属"
        r"|chemie|metall|bergbau|químic|siderurg|miner[ií]a|toiletry|explorat",
    ),
    (
        LIGHT,
        r"textile|apparel|cloth|leather|footwear|wood|sawmill|paper|print|furniture"
        r"|knit|\bmeat|dairy|bak|bread|sugar|beer|wine|drinks|food|beverage|tekstil"
        r"|pakaian|kulit|kayu|kertas|percetakan|furnitur|繊維|衣服|木製|パルプ|家具"
        r"|纺织|servom|holz|other manufact|manufactured products"
        r"|miscellaneous manufact|pengolahan lainnya|その他の製造|makanan",
    ),
    (
        SERVICES,
        r"water|waste|sewer|\bservices?\b|public order|scientific|水道|廃棄|\bair\b"
        r"|basura|desecho|abwasser",
    ),
    (HEAVY, r"manufact|industria|industri\b|verarbeitend|制造"),
)
_COMPILED = [(group, re.compile(words, re.IGNORECASE)) for group, words in _RULES]
_POWER_WORDS = re.compile(_POWER, re.IGNORECASE)
_MAX_UNLIKE_SHARE = 0.1
_MAX_ID_LENGTH = 12


@dataclass(frozen=True)
class Proposal:
    """The group of a sector, and the reason for it."""

    group: str  # one of the contract's
    is_power_supply: bool
    reason: str  # ISIC, NAICS, name, or guess if nothing was recognised


def propose(codes: Sequence[str], names: Sequence[str]) -> list[Proposal]:
    """Propose the group of every sector; names may repeat the codes."""
    plain = [code.strip() for code in codes]
    isic = [_by_isic(code) for code in plain]
    if _fit(isic) and any(len(code) > 1 for code in plain):
        return [_named(p, n) for p, n in zip(isic, names, strict=True)]
    is_bea = [_BEA.fullmatch(code) is not None for code in plain]
    # North American codes are such as 111CA, 3361MV and 5411
    has_naics = any(re.fullmatch(r"\d{3,4}[A-Z]{2}", code) for code in plain)
    if has_naics and sum(is_bea) > (1 - _MAX_UNLIKE_SHARE) * len(plain):
        naics = [_by_naics(code) for code in plain]
        return [_named(p, n) for p, n in zip(naics, names, strict=True)]
    return [_by_name(name) for name in names]


def _fit(proposals: Sequence[Proposal | None]) -> bool:
    unlike = sum(proposal is None for proposal in proposals)
    return unlike <= _MAX_UNLIKE_SHARE * len(proposals)


def _named(proposal: Proposal | None, name: str) -> Proposal:
    return proposal or _by_name(name)


def _by_isic(code: str) -> Proposal | None:
    match = _ISIC.fullmatch(code)
    if match is None:
        return None
    section, division = match[1], match[2]
    is_power = section == "D"
    if division is None:
        return Proposal(_SECTIONS[section], is_power, "ISIC")
    number = int(division)
    group = next(group for last, group in _DIVISIONS if number <= last)
    return Proposal(group, number == 35, "ISIC")


def _by_naics(code: str) -> Proposal | None:
    if not code[:1].isdigit():
        return None
    group = next((group for head, group in _NAICS if code.startswith(head)), SERVICES)
    return Proposal(group, code == "22", "NAICS")


def _by_name(name: str) -> Proposal:
    if _POWER_WORDS.search(name):
        return Proposal(ENERGY, True, "name")
    for group, words in _COMPILED:
        if words.search(name):
            return Proposal(group, False, "name")
    return Proposal(SERVICES, False, "guess")


@dataclass(frozen=True)
class SectorLabel:
    """A sector with its id, its name and its spellings in the headers."""

    sector_id: str
    name: str  # from the table, or from a list on another sheet
    row_label: str
    column_label: str
    proposal: Proposal


def sector_labels(survey: Survey, finding: Finding) -> list[SectorLabel]:
    """Return the labels of the sectors of a table, in the order of its rows."""
    match, table = finding.match, finding.table
    joined = finding.joined_labels
    if joined is not None:
        names = list(joined.sectors)
        proposals = propose(names, names)
        return [
            SectorLabel(name, name, name, name, proposal)
            for name, proposal in zip(names, proposals, strict=True)
        ]
    rows, columns = finding.rows, finding.columns
    outer: tuple[int, ...] = ()
    if match.outer is not None:  # every region has the same sectors
        outer = match.outer
        of_regions = _regions_of_rows(finding)
        count = of_regions.count(of_regions[0])
        rows, columns = rows[:count], columns[:count]
    down = [table.down(c, rows) for c in table.labels if c not in outer[:1]]
    across = [table.across(r, columns) for r in table.headers if r not in outer[1:]]
    row_labels = table.down(match.label, rows)
    column_labels = table.across(match.header, columns)
    sides = [*across, *down] if match.is_renamed else [*down, *across]
    unique = [texts for texts in sides if _are_unique(texts)]
    short = [texts for texts in unique if _length(texts) <= _MAX_ID_LENGTH]
    codes = min(short or unique or [row_labels], key=_code_rank)
    names = max(down, key=_length, default=codes)
    if not any(re.search(r"[^\W\d_]{3}", name) for name in names):
        names = _glossary(survey, codes) or names
    return [
        SectorLabel(*fields)
        for fields in zip(
            codes,
            [name or code for name, code in zip(names, codes, strict=True)],
            row_labels,
            column_labels,
            propose(codes, names),
            strict=True,
        )
    ]


def prefix_of(finding: Finding, rows: Sequence[int]) -> str:
    """Return the common prefix of the labels of rows, such as DOM_."""
    match = finding.match
    if not match.is_renamed:
        return ""
    labels = finding.table.down(match.label, rows)
    heads = {re.match(r"[A-Za-z]*_?", label).group() for label in labels}
    return heads.pop() if len(heads) == 1 else ""


def region_labels(finding: Finding) -> list[str]:
    """Return the regions in the labels of a table, if there are any."""
    joined = finding.joined_labels
    if joined is not None:
        return list(joined.regions)
    return list(dict.fromkeys(_regions_of_rows(finding)))


def _regions_of_rows(finding: Finding) -> list[str]:
    """Return the region of each row of sectors; a merged cell names the first row."""
    match, table = finding.match, finding.table
    if match.outer is None:
        return []
    names = filled(table.down(match.outer[0]))
    by_row = dict(zip(table.rows, names, strict=True))
    return [by_row[row] for row in finding.rows]


def extra_labels(finding: Finding) -> list[SectorLabel]:
    """Return the labels of rows among the sectors without a column: more products."""
    rows, table = finding.extra_rows, finding.table
    labels = table.down(finding.match.label, rows)
    codes = [
        min(filter(None, table.row_texts(row)), key=len, default=f"row {row + 1}")
        for row in rows
    ]
    names = [
        max(table.row_texts(row), key=len) or code
        for row, code in zip(rows, codes, strict=True)
    ]
    proposals = propose(codes, names)
    return [
        SectorLabel(*fields)
        for fields in zip(codes, names, labels, labels, proposals, strict=True)
    ]


def header_row_of(finding: Finding, lines: Sequence[Line]) -> int | None:
    """Return the header row with a unique label for each of some columns."""
    match = finding.match
    if not lines:
        return None
    table = finding.table
    for row in sorted(table.headers, key=lambda row: row != match.header):
        texts = table.across(row, (line.position for line in lines))
        others = table.across(row, finding.columns)
        if _are_unique(texts) and not set(texts) & set(others):
            return row
    return None


def own_texts(finding: Finding, line: Line) -> tuple[str, ...]:
    """Return the labels of a column without the region."""
    match, table = finding.match, finding.table
    outer = match.outer[1] if match.outer else None
    rows = [row for row in table.headers if row != outer]
    texts = tuple(table.down(line.position, rows))
    joined = finding.joined_labels
    if joined is None:
        return texts
    parts = [re.match(joined.pattern, text) for text in texts]
    return tuple(
        part["sector"] if part and part["region"] in joined.regions else text
        for part, text in zip(parts, texts, strict=True)
    )


def line_id(texts: Sequence[str]) -> str:
    """Return the id of a line: its code, or words of its name."""
    kept = [text for text in texts if text]
    code = min(kept, key=len, default="line")
    if len(code) <= _MAX_ID_LENGTH and " " not in code:
        return code
    words = re.findall(r"\w+", code.casefold())
    return "_".join(words[:4]) or "line"


def line_name(texts: Sequence[str]) -> str:
    """Return the name of a line: the longest of its labels."""
    return max(texts, key=len, default="")


def _glossary(survey: Survey, codes: list[str]) -> list[str] | None:
    """Return names for codes from a list on another sheet."""
    requested = set(codes)
    for sheet in survey.sheets:
        cells = sheet.cells
        for column in range(min(cells.shape[1] - 1, 8)):
            names = {
                cells.label(row, column): cells.texts[row, column + 1]
                for row in range(cells.shape[0])
                if cells.texts[row, column + 1]
            }
            if requested <= names.keys():
                return [names[code] for code in codes]
    return None


def _are_unique(texts: Sequence[str]) -> bool:
    return all(texts) and len(set(texts)) == len(texts)


def _length(texts: Sequence[str]) -> float:
    return float(np.median([len(text) for text in texts])) if texts else 0.0


def _code_rank(texts: Sequence[str]) -> tuple[bool, float]:
    """Rank codes: those with leading zeros first, then the shorter ones."""
    return not any(text.startswith("0") for text in texts), _length(texts)
