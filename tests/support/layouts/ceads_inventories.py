"""Write CEADs inventories by province as they are published."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Change = Callable[[dict[str, Worksheet]], None]

_HEADER = """
Raw Coal; Cleaned Coal; Other Washed Coal; Briquettes; Coke; Coke Oven Gas;
Other Gas; Other Coking Products; Crude Oil; Gasoline; Kerosene; Diesel Oil;
Fuel Oil; LPG; Refinery Gas; Other Petroleum Products; Natural Gas; Scope 2 Heat;
Scope 2 Electricity; Other Energy; Process; Scope 1 Total
"""
HEADER = [" ".join(name.split()) for name in _HEADER.split(";")]
_SECTORS = """
Farming, Forestry, Animal Husbandry, Fishery and Water Conservancy;
Coal Mining and Dressing; Petroleum and Natural Gas Extraction;
Ferrous Metals Mining and Dressing; Nonferrous Metals Mining and Dressing;
Nonmetal Minerals Mining and Dressing; Other Minerals Mining and Dressing;
Logging and Transport of Wood and Bamboo; Food Processing; Food Production;
Beverage Production; Tobacco Processing; Textile Industry;
Garments and Other Fiber Products; Leather, Furs, Down and Related Products;
Timber Processing, Bamboo, Cane, Palm Fiber & Straw Products;
Furniture Manufacturing; Papermaking and Paper Products;
Printing and Record Medium Reproduction; Cultural, Educational and Sports Articles;
Petroleum Processing and Coking; Raw Chemical Materials and Chemical Products;
Medical and Pharmaceutical Products; Chemical Fiber; Rubber Products;
Plastic Products; Nonmetal Mineral Products;
Smelting and Pressing of Ferrous Metals;
Smelting and Pressing of Nonferrous Metals; Metal Products; Ordinary Machinery;
Equipment for Special Purposes; Transportation Equipment;
Electric Equipment and Machinery; Electronic and Telecommunications Equipment;
Instruments, Meters, Cultural and Office Machinery; Other Manufacturing Industry;
Scrap and waste; Production and Supply of Electric Power, Steam and Hot Water;
Production and Supply of Gas; Production and Supply of Tap Water; Construction;
Transportation, Storage, Post and Telecommunication Services;
Wholesale, Retail Trade and Catering Services; Others
"""
# published names are padded with blanks
SECTORS = [f"{' '.join(name.split()):57}" for name in _SECTORS.split(";")]


def write_provincial(
    path: Path,
    year: int,
    amounts: Mapping[str, np.ndarray],
    change: Change = lambda sheets: None,
) -> Path:
    """Write an inventory by province.

    `amounts` are 45 sectors, Urban, Rural (Mt) by the name of the province in that of
    its sheet (``InnerMongolia``); `change` gets the sheets by these names.
    """
    book = Workbook()
    sheets = {"NOTE": book.active}
    book.active.title = "NOTE"
    book.active.append(["Unit/单位", "Mt\n百万吨"])
    for province, values in amounts.items():
        sheet = sheets[province] = book.create_sheet(f"{province}{year}")
        sheet.append([None, *HEADER])
        sheet.append([None, *["Mt CO2"] * len(HEADER)])
        sheet.append([])
        rows = [("Total Consumption", float(values.sum()))]
        rows += zip([*SECTORS, "Urban", "Rural"], values.tolist(), strict=True)
        for label, total in rows:
            # raw coal and process add up to scope 1, scope 2 is a memo
            row = dict.fromkeys(HEADER, 0.0)
            row["Raw Coal"], row["Process"] = total * 0.75, total * 0.25
            row["Scope 2 Heat"], row["Scope 1 Total"] = 3.0 * total, total
            sheet.append([label, *row.values()])
    change(sheets)
    book.save(path)
    return path
