"""The algebra of input-output analysis: NumPy and SciPy, nothing else.

Notation, with n region-sectors and k columns of demand: transactions Z (n, n),
output x (n,), technical coefficients A = Z / x by column, Leontief inverse
L = (I - A)^-1, final demand Y (n, k), direct intensities f (n,), total
intensities m = f L. Every function is one formula; none reads or writes files.

References
----------
Miller, R. E., and P. D. Blair (2009), Input-Output Analysis: Foundations and
Extensions, 2nd edition, Cambridge University Press, chapters 2, 3, 6 and 13.
"""

from carbonshed.leontief.capital import UnboundedCapitalError, capital_intensities
from carbonshed.leontief.coefficients import (
    direct_intensities,
    divide_by_output,
    gross_output,
    is_zero_output,
    technical_coefficients,
)
from carbonshed.leontief.extraction import (
    EXTRACTION_TOLERANCE,
    PARTS_AT_A_TIME,
    ExtractionError,
    demand_for_parts,
    own_output,
    own_systems,
    parts_of,
)
from carbonshed.leontief.imported_products import (
    UnboundedImportsError,
    domestic_technology,
    import_coefficients,
    inputs_by_product,
    product_mix,
)
from carbonshed.leontief.input_use import through_input_use
from carbonshed.leontief.iteration import (
    IterationError,
    iterate_output,
    iterate_total_intensity,
)
from carbonshed.leontief.linkages import (
    direct_multipliers,
    passed_shares,
    per_output,
    shared_intensities,
    supplied_columns,
)
from carbonshed.leontief.productivity import (
    LARGEST_RADIUS,
    Productivity,
    UnproductiveSystemError,
    column_sums,
    is_productive,
    require_productive,
)
from carbonshed.leontief.regions import (
    columns_by_region,
    kept_output,
    of_own_region,
    own_chain_output,
    sales_to_regions,
)
from carbonshed.leontief.residual import (
    TOLERANCE,
    ExpectedCombinations,
    ResidualError,
    ResidualProbe,
)
from carbonshed.leontief.row_blocks import ArrayBlocks, RowBlocks
from carbonshed.leontief.supply_chains import (
    TIERS,
    link_shares,
    power_series,
    tier_intensities,
)
from carbonshed.leontief.system import Leontief, leontief_inverse
from carbonshed.leontief.triangles import PRODUCT_COLUMNS
from carbonshed.leontief.uncertainty import (
    InterregionalShare,
    TransactionCovariance,
    demand_covariance,
    direct_emission_covariance,
    emission_covariance,
    standard_errors,
)
