"""Write CEADs inventories by province as they are published."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

FUELS = (
    "Raw Coal",
    "Cleaned Coal",
    "Other Washed Coal",
    "Briquettes",
    "Coke",
    "Coke Oven Gas",
    "Other Gas",
    "Other Coking Products",
    "Crude Oil",
    "Gasoline",
    "Kerosene",
    "Diesel Oil",
    "Fuel Oil",
    "LPG",
    "Refinery Gas",
    "Other Petroleum Products",
    "Natural Gas",
)
HEADER = (
    *FUELS,
    "Scope 2 Heat",
    "Scope 2 Electricity",
    "Other Energy",
    "Process",
    "Scope 1 Total",
)
SECTORS = (
    "Farming, Forestry, Animal Husbandry, Fishery and Water Conservancy      ",
    "Coal Mining and Dressing                                 ",
    "Petroleum and Natural Gas Extraction                     ",
    "Ferrous Metals Mining and Dressing                       ",
    "Nonferrous Metals Mining and Dressing                    ",
    "Nonmetal Minerals Mining and Dressing                    ",
    "Other Minerals Mining and Dressing                       ",
    "Logging and Transport of Wood and Bamboo                 ",
    "Food Processing                                          ",
    "Food Production                                          ",
    "Beverage Production",
    "Tobacco Processing                                       ",
    "Textile Industry                                         ",
    "Garments and Other Fiber Products                        ",
    "Leather, Furs, Down and Related Products                 ",
    "Timber Processing, Bamboo, Cane, Palm Fiber & Straw Products",
    "Furniture Manufacturing                                  ",
    "Papermaking and Paper Products                           ",
    "Printing and Record Medium Reproduction                  ",
    "Cultural, Educational and Sports Articles                ",
    "Petroleum Processing and Coking                          ",
    "Raw Chemical Materials and Chemical Products             ",
    "Medical and Pharmaceutical Products                      ",
    "Chemical Fiber                                           ",
    "Rubber Products                                          ",
    "Plastic Products                                         ",
    "Nonmetal Mineral Products                                ",
    "Smelting and Pressing of Ferrous Metals                  ",
    "Smelting and Pressing of Nonferrous Metals               ",
    "Metal Products                                           ",
    "Ordinary Machinery                                       ",
    "Equipment for Special Purposes                           ",
    "Transportation Equipment                                 ",
    "Electric Equipment and Machinery                         ",
    "Electronic and Telecommunications Equipment              ",
    "Instruments, Meters, Cultural and Office Machinery         ",
    "Other Manufacturing Industry                             ",
    "Scrap and waste",
    "Production and Supply of Electric Power, Steam and Hot Water   ",
    "Production and Supply of Gas                             ",
    "Production and Supply of Tap Water                       ",
    "Construction                                             ",
    "Transportation, Storage, Post and Telecommunication Services    ",
    "Wholesale, Retail Trade and Catering Services            ",
    "Others                                                   ",
)

Change = Callable[[dict[str, Worksheet]], None]


def write_provincial(
    path: Path,
    year: int,
    amounts: Mapping[str, np.ndarray],
    change: Change = lambda sheets: None,
) -> Path:
    """Write an inventory by province.

    Parameters
    ----------
    path
        The workbook.
    year
        The year, part of the names of the sheets.
    amounts
        By the word for the province in the name of its sheet (``InnerMongolia``):
        45 sectors, Urban, Rural; Mt.
    change
        Told the sheets by name, to spoil them.
    """
    book = Workbook()
    note = book.active
    note.title = "NOTE"
    note.append(["Unit/单位", "Mt\n百万吨"])
    sheets = {"NOTE": note}
    for province, values in amounts.items():
        sheet = book.create_sheet(f"{province}{year}")
        sheets[province] = sheet
        sheet.append([None, *HEADER])
        sheet.append([None, *["Mt CO2"] * len(HEADER)])
        sheet.append([])
        labels = [*SECTORS, "Urban", "Rural"]
        sheet.append(["Total Consumption", *_fuels(float(values.sum()))])
        for label, value in zip(labels, values.tolist(), strict=True):
            sheet.append([label, *_fuels(value)])
    change(sheets)
    book.save(path)
    return path


def _fuels(total: float) -> list[float]:
    """Return a row: raw coal and process add up to scope 1, scope 2 is a memo."""
    row = dict.fromkeys(HEADER, 0.0)
    row["Raw Coal"], row["Process"] = total * 0.75, total * 0.25
    row["Scope 2 Heat"] = 3.0 * total
    row["Scope 1 Total"] = total
    return list(row.values())
