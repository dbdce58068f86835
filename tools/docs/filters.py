"""Render what to filter of a mart before a sum, the table of docs/bi.md."""

from typing import Any

from tools.docs.dictionary import choices, marts_by_folder

HEAD = "| mart | also filter on | otherwise |\n|---|---|---|\n"


def render(page: str, manifest: dict[str, Any]) -> str:
    """Return the page with the table as the marts' yml has it."""
    before, head, after = page.partition(HEAD)
    _, blank, rest = after.partition("\n\n")
    if not (head and blank):
        raise ValueError(f"the page has no table that begins with:\n{HEAD}")
    rows: dict[tuple[str, str], list[str]] = {}
    for marts in marts_by_folder(manifest).values():
        for mart in marts:
            meta = mart["config"]["meta"]
            if meta.get("alternatives"):
                row = choices(meta["alternatives"]), meta["if_added_up"]
                rows.setdefault(row, []).append(f"`{mart['name']}`")
    table = "\n".join(
        f"| {', '.join(names)} | {chosen} | {otherwise} |"
        for (chosen, otherwise), names in rows.items()
    )
    return before + head + table + blank + rest
