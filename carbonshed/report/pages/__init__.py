"""The pages of the report: questions, answers and charts."""

from carbonshed.report.described import Described, read_page

_IDS = ("start", "compare", "trade", "pays", "whatif", "place", "trust")
# in the order in which they are read; the first is index.html
PAGES = {id_: Described(id_) for id_ in _IDS}
# addresses of earlier reports, each with the page that has what was there
MOVED = {old: id_ for id_ in _IDS for old in read_page(id_).before}
