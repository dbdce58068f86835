"""The contract of a dataset: its tables, columns and vocabularies, as data.

Two layouts are described. `INPUT_TABLES` is what a user hands in as a tidy folder:
ids are text, one row per cell. `STORED_TABLES` is what ``data/NAME/`` holds: the
same facts with dense integers in place of pairs of region and sector, so that a
table of 170 million cells stays at about a gigabyte. It is derived from the first.
"""

from dataclasses import dataclass, replace

REGION_TYPES = ("county", "city", "province", "country", "remainder", "rest_of_world")
UNRANKED_REGION_TYPES = ("remainder", "rest_of_world")
SECTOR_GROUPS = (
    "agriculture",
    "energy",
    "heavy_industry",
    "light_industry",
    "high_tech",
    "construction",
    "services",
)
CATEGORY_GROUPS = ("household", "government", "investment", "inventory", "other")
TONNES_PER_UNIT = {"t": 1.0, "kt": 1e3, "Mt": 1e6, "Gt": 1e9, "kg": 1e-3}
STRESSOR_UNITS = (*TONNES_PER_UNIT, "currency", "person")

MAX_LETTERS = 10_000  # of an id, a name or a title: pages show them whole

# amounts are added up and squared, and neither may leave the range of doubles
LARGEST_SUM = 1e100

# the components with errors; in the first two an error may be of one stressor
UNCERTAIN_COMPONENTS = (
    "emissions",
    "direct_emissions",
    "transactions",
    "final_demand",
    "exports",
)

EXPORT = "EXPORT"
# in household_spending, what a group emits itself
DIRECT = "DIRECT"
RESERVED_IDS = (EXPORT, "UNATTRIBUTED")
# what the var smallest_share sums small rows into: an id like any other without it
OTHER = "OTHER"
RESERVED_STRESSOR_ID = "value_added"
# what a column references whose ids are of the stressors that are a mass
MASS_STRESSORS = "stressors that are a mass"
# kinds of rows of a charge at a border: its zone, its products, the share of the
# exports that goes to the zone, the price, and what the seller has paid at home
BORDER_KINDS = ("zone", "product", "zone_share", "price", "paid_at_home")
# tables whose buyer is a sector or a category, and never both
IMPORTS = ("imports", "imported_products")

# variants NAME-low, ... of a compiled dataset NAME, by the factor on a trade parameter:
# regions buy more or less of their own, and from nearer or farther regions
COMPILE_VARIANTS = {
    "low": {"own_region_delta": 0.5},
    "high": {"own_region_delta": 2.0},
    "near": {"distance_decay": 2.0},
    "far": {"distance_decay": 0.5},
}

DESCRIPTOR_FILE = "datapackage.json"
OUTLINES_FILE = "regions.geojson"  # beside the tables, optional
# sums of the transactions, which the audit adds to the stored tables
SALES_FILE = "intermediate_sales.parquet"


@dataclass(frozen=True)
class Column:
    """One column of an input table.

    Attributes
    ----------
    name
        Name in the header.
    kind
        ``id``, ``text``, ``year``, ``number``, ``count`` (whole, not negative) or
        ``boolean``.
    is_optional
        The column may be missing altogether; it then reads as all NULL.
    is_nullable
        Single fields may be empty.
    references
        Input table that lists the legal ids, for an ``id``; or `MASS_STRESSORS`.
    vocabulary
        The legal words, for a ``text``.
    was_added
        Datasets that were stored before are without it.
    default
        The value of a field that is empty or missing; else it is NULL.
    """

    name: str
    kind: str
    is_optional: bool = False
    is_nullable: bool = False
    references: str | None = None
    vocabulary: tuple[str, ...] | None = None
    was_added: bool = False
    default: float | bool | None = None


@dataclass(frozen=True)
class InputTable:
    """One table of a tidy folder; its `key` is unique.

    A table of `assumptions` is about how accounts are made, about people inside a
    region or about what others publish, not about the economy: it is small and read
    row by row, and a key that is empty means all.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    is_required: bool
    description: str
    holds_assumptions: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the names of all columns, in the order of the template."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column called `name`."""
        return next(column for column in self.columns if column.name == name)


def amounts_table(
    name: str,
    description: str,
    *key: Column,
    is_required: bool = False,
    holds_assumptions: bool = False,
) -> InputTable:
    """Return a table of one number, ``value``, for each key."""
    columns = (*key, Column("value", "number"))
    keys = tuple(column.name for column in key)
    return InputTable(name, columns, keys, is_required, description, holds_assumptions)


def _region(name: str = "region_id") -> Column:
    return Column(name, "id", references="regions")


def _sector(name: str = "sector_id") -> Column:
    return Column(name, "id", references="sectors")


def _category() -> Column:
    return Column("category_id", "id", references="final_demand_categories")


def _maybe(column: Column) -> Column:
    """Return a column that may be empty or missing."""
    return replace(column, is_optional=True, is_nullable=True)


_YEAR = Column("year", "year")
_STRESSOR = Column("stressor_id", "id", references="stressors")

_INPUT_TABLES = (
    InputTable(
        "regions",
        (
            Column("region_id", "id"),
            Column("region_name", "text"),
            _maybe(Column("parent_region_id", "id")),
            Column("region_type", "text", vocabulary=REGION_TYPES),
            _maybe(Column("longitude", "number")),
            _maybe(Column("latitude", "number")),
            _maybe(Column("region_name_en", "text", was_added=True)),
        ),
        ("region_id",),
        True,
        "the regions of the table",
    ),
    InputTable(
        "region_years",
        (
            _YEAR,
            _region(),
            Column("population", "count", is_nullable=True),
            _maybe(Column("gdp", "number")),
        ),
        ("year", "region_id"),
        True,
        "people (persons) and GDP (single currency units) of each region and year",
    ),
    InputTable(
        "sectors",
        (
            Column("sector_id", "id"),
            Column("sector_name", "text"),
            Column("sector_group", "text", vocabulary=SECTOR_GROUPS),
            _maybe(Column("is_power_supply", "boolean")),
        ),
        ("sector_id",),
        True,
        "the sectors, the same list in every region",
    ),
    InputTable(
        "final_demand_categories",
        (
            Column("category_id", "id"),
            Column("category_name", "text"),
            Column("category_group", "text", vocabulary=CATEGORY_GROUPS),
        ),
        ("category_id",),
        True,
        "the categories of final demand",
    ),
    InputTable(
        "stressors",
        (
            Column("stressor_id", "id"),
            Column("stressor_name", "text"),
            Column("unit", "text", vocabulary=STRESSOR_UNITS),
        ),
        ("stressor_id",),
        True,
        "what is accounted for, such as CO2 or jobs",
    ),
    amounts_table(
        "transactions",
        "deliveries from sector to sector, in table units",
        _YEAR,
        _region("origin_region_id"),
        _sector("origin_sector_id"),
        _region("destination_region_id"),
        _sector("destination_sector_id"),
        is_required=True,
    ),
    amounts_table(
        "final_demand",
        "deliveries to final users, in table units",
        _YEAR,
        _region("origin_region_id"),
        _sector("origin_sector_id"),
        _region("destination_region_id"),
        _category(),
        is_required=True,
    ),
    amounts_table(
        "exports",
        "deliveries to outside the system, in table units",
        _YEAR,
        _region(),
        _sector(),
    ),
    amounts_table(
        "imports",
        "purchases from outside the system, in table units; "
        "exactly one of sector_id and category_id is set",
        _YEAR,
        _region(),
        _maybe(_sector()),
        _maybe(_category()),
    ),
    amounts_table(
        "imported_products",
        "imports of a buyer by product, a sector_id, where they are known, in table "
        "units; sums by buyer are those of imports",
        _YEAR,
        _region(),
        _maybe(_sector()),
        _maybe(_category()),
        _sector("product_id"),
    ),
    amounts_table(
        "value_added",
        "value added by component, in table units",
        _YEAR,
        _region(),
        _sector(),
        Column("component_id", "id"),
    ),
    amounts_table(
        "output",
        "total output as published, in table units; results use the row sum",
        _YEAR,
        _region(),
        _sector(),
    ),
    amounts_table(
        "emissions",
        "emissions of sectors, in the unit of the stressor",
        _YEAR,
        _STRESSOR,
        _region(),
        _sector(),
        is_required=True,
    ),
    amounts_table(
        "direct_emissions",
        "emissions by final users themselves, in the unit of the stressor",
        _YEAR,
        _STRESSOR,
        _region(),
        _category(),
    ),
    amounts_table(
        "import_intensities",
        "emissions abroad behind an imported product, in the unit of the stressor "
        "per table unit of money",
        _maybe(_YEAR),
        _maybe(_STRESSOR),
        _maybe(_sector()),
        holds_assumptions=True,
    ),
    amounts_table(
        "deflators",
        "price indices of what a sector of a region sells; an empty key means all",
        _maybe(_YEAR),
        _maybe(_sector()),
        _maybe(_region()),
        holds_assumptions=True,
    ),
    InputTable(
        "carbon_prices",
        (
            Column("price_id", "id"),
            Column("price", "number"),
            _maybe(_region()),
            _maybe(_sector()),
            _maybe(Column("covered_share", "number", default=1.0)),
            _maybe(Column("covers_direct", "boolean", default=False)),
        ),
        ("price_id", "region_id", "sector_id"),
        False,
        "prices on emissions, in single currency units per tonne, and the share of the "
        "emissions of a region's sector that pays them; an empty id means all",
        holds_assumptions=True,
    ),
    InputTable(
        "border_charges",
        (
            Column("charge_id", "id"),
            Column("kind", "text", vocabulary=BORDER_KINDS),
            # a region, a sector or EXPORT, depending on the kind
            _maybe(Column("id", "text")),
            _maybe(Column("value", "number")),
        ),
        ("charge_id", "kind", "id"),
        False,
        "charges on what regions outside a zone deliver to it: the zone's regions, the "
        "products, the price, and what is paid at home, in single currency units per "
        "tonne; an empty id means all",
        holds_assumptions=True,
    ),
    InputTable(
        "characterisation_factors",
        (
            Column("impact_id", "id"),
            # factors of any dataset: stressors that this one lacks are left out
            Column("stressor_id", "id"),
            Column("value", "number"),
            _maybe(Column("source", "text")),
        ),
        ("impact_id", "stressor_id"),
        False,
        "your own impacts: tonnes of the impact per tonne of a stressor",
        holds_assumptions=True,
    ),
    InputTable(
        "relative_errors",
        (
            Column("component", "text", vocabulary=UNCERTAIN_COMPONENTS),
            _maybe(_STRESSOR),
            _maybe(_region()),
            _maybe(_sector()),
            Column("relative_standard_error", "number"),
        ),
        ("component", "stressor_id", "region_id", "sector_id"),
        False,
        "how uncertain your figures are: relative standard errors, by stressor, region "
        "and sector of the seller or emitter; an empty id means all",
        holds_assumptions=True,
    ),
    InputTable(
        "labels",
        (Column("label_id", "id"), _sector()),
        ("label_id", "sector_id"),
        False,
        "the sectors that a label covers, such as food, or primary and secondary",
        holds_assumptions=True,
    ),
    InputTable(
        "household_groups",
        (
            _YEAR,
            _region(),
            Column("group_id", "id"),
            Column("group_name", "text"),
            Column("group_rank", "count"),
            Column("population", "number"),
            _maybe(Column("income", "number")),
            _maybe(_category()),
        ),
        ("year", "region_id", "group_id"),
        False,
        "groups of people inside a region, such as tenths by income: people (persons), "
        "and income per head in single currency units, where it is known; or, with a "
        "category_id, the people who buy what that category of households does",
        holds_assumptions=True,
    ),
    InputTable(
        "household_spending",
        (
            _YEAR,
            _maybe(_region()),
            Column("group_id", "id"),
            # a sector, or DIRECT
            _maybe(Column("sector_id", "id")),
            _maybe(Column("label_id", "id")),
            Column("value", "number"),
        ),
        ("year", "region_id", "group_id", "sector_id", "label_id"),
        False,
        "what groups spend on the products of a sector or a label, or, with neither, "
        "on all; only proportions between groups of a region count. Without a region: "
        "per head, the same in all regions. The sector DIRECT: shares of direct "
        "emissions",
        holds_assumptions=True,
    ),
    InputTable(
        "official_footprints",
        (
            _YEAR,
            Column("stressor_id", "id", references=MASS_STRESSORS),
            _region(),
            Column("published_footprint", "number"),
            Column("unit", "text", vocabulary=tuple(TONNES_PER_UNIT)),
            # what the figure counts, such as emissions of residents
            Column("extent", "text"),
            _maybe(Column("leaves_out", "text")),
            Column("source", "text"),
        ),
        ("year", "stressor_id", "region_id"),
        False,
        "footprints of regions as an office publishes them, to stand beside yours: "
        "whose emissions they count, what they leave out, and who says so",
        holds_assumptions=True,
    ),
)

INPUT_TABLES = {table.name: table for table in _INPUT_TABLES}

LEVERS = ("intensity", "demand")
SCENARIO_KINDS = ("factor", "benchmark", "scale_to_cap", "cap")

# not a table of a dataset: a file of "what if" questions about it
SCENARIO_TABLE = InputTable(
    "scenarios",
    (
        Column("scenario_id", "id"),
        _maybe(_YEAR),
        _maybe(_region()),
        _maybe(_sector()),
        _maybe(_category()),
        Column("lever", "text", vocabulary=LEVERS),
        Column("kind", "text", vocabulary=SCENARIO_KINDS),
        # a number, or the name of a benchmark or a cap, depending on the kind
        Column("value", "text"),
        _maybe(Column("includes_power_supply", "boolean")),
    ),
    (
        "scenario_id",
        "year",
        "region_id",
        "sector_id",
        "category_id",
        "lever",
        "kind",
    ),
    False,
    "scenarios of a user's own",
)


@dataclass(frozen=True)
class StoredColumn:
    """One column of a stored table; `type` is the name of an Arrow type.

    A column that `was_added` later is missing in datasets that were stored before.
    """

    name: str
    type: str
    is_nullable: bool = False
    was_added: bool = False


def _stored(*columns: tuple) -> tuple[StoredColumn, ...]:
    return tuple(StoredColumn(*column) for column in columns)


_STORED_TYPES = {
    "id": "string",
    "text": "string",
    "year": "int32",
    "number": "double",
    "count": "int64",
    "boolean": "bool",
}

# tables of labels -> column with the place of a row in the matrices
LABEL_TABLES: dict[str, str | None] = {
    "regions": "region_position",
    "sectors": "sector_position",
    "final_demand_categories": "category_position",
    "stressors": None,
}


def _layout(table: InputTable) -> dict[str, tuple[str, ...]]:
    """Return the input columns behind each stored column, but for year and value.

    A region and a sector that are always given become one integer: `origin_id`,
    `destination_id` or `region_sector_id`. Any other id stays text.
    """
    layout: dict[str, tuple[str, ...]] = {}
    names = [name for name in table.column_names if name not in ("year", "value")]
    while names:
        name = names.pop(0)
        role = name.removesuffix("region_id")
        sector = f"{role}sector_id"
        if names[:1] == [sector] and not table.column(sector).is_nullable:
            layout[f"{role or 'region_sector_'}id"] = (name, names.pop(0))
        else:
            layout[name.removeprefix("destination_")] = (name,)
    return layout


# table of cells -> stored column -> its input columns, in the order of the rows
CELL_LAYOUTS = {
    table.name: _layout(table)
    for table in _INPUT_TABLES
    if table.column_names[-1] == "value" and not table.holds_assumptions
}
ASSUMPTIONS = tuple(table.name for table in _INPUT_TABLES if table.holds_assumptions)


# geometries of GeoJSON as text, from the file of outlines, NULL without it
_OUTLINE = ("outline", "string", True, True)


def _stored_labels(table: InputTable) -> tuple[StoredColumn, ...]:
    columns = [
        # a mark that is not given is false
        (
            c.name,
            _STORED_TYPES[c.kind],
            c.is_nullable and c.kind != "boolean" and c.default is None,
            c.was_added,
        )
        for c in table.columns
    ]
    position = LABEL_TABLES.get(table.name)
    columns += [(position, "int32")] if position else []
    return _stored(*columns, *([_OUTLINE] if table.name == "regions" else []))


def _stored_cells(table: InputTable) -> tuple[StoredColumn, ...]:
    ids = [
        (stored, "int32" if len(names) == 2 else "string", is_nullable)
        for stored, names in CELL_LAYOUTS[table.name].items()
        for is_nullable in [table.column(names[0]).is_nullable]
    ]
    return _stored(("year", "int32"), *ids, ("value", "double"))


STORED_TABLES: dict[str, tuple[StoredColumn, ...]] = {
    "dataset": _stored(
        ("name", "string"),
        ("title", "string"),
        ("currency", "string"),
        ("currency_unit", "double"),
        ("price_basis", "string"),
        ("country", "string"),
        ("licence", "string", True),
        ("source", "string", True),
        ("is_synthetic", "bool"),
        ("ingested_at", "timestamp[us]"),
        ("carbonshed_version", "string"),
        ("dataset_id", "string"),
        ("is_compiled", "bool", False, True),
        ("region_noun", "string", True, True),
        ("region_noun_plural", "string", True, True),
        ("outlines_licence", "string", True, True),
        ("outlines_source", "string", True, True),
        ("caveat", "string", True, True),
    ),
    "exchange_rates": _stored(("year", "int32"), ("currency_per_usd", "double")),
    **{
        table.name: _stored_labels(table)
        for table in _INPUT_TABLES
        if table.name not in CELL_LAYOUTS
    },
    "region_sectors": _stored(
        ("region_sector_id", "int32"), ("region_id", "string"), ("sector_id", "string")
    ),
    **{name: _stored_cells(INPUT_TABLES[name]) for name in CELL_LAYOUTS},
    "audit_checks": _stored(
        ("check_id", "string"),
        ("status", "string"),
        ("year", "int32", True),
        ("count", "int64", True),
        ("total", "double", True),
        ("worst", "string", True),
        ("message", "string"),
    ),
}

# written by `DatasetWriter` itself
DERIVED_TABLES = ("dataset", "exchange_rates", "region_sectors", "audit_checks")
OPTIONAL_TABLES = tuple(
    table.name for table in INPUT_TABLES.values() if not table.is_required
)
# datasets that were stored before are without these
ADDED_TABLES = (
    "deflators",
    "carbon_prices",
    "border_charges",
    "labels",
    "household_groups",
    "household_spending",
    "official_footprints",
)
