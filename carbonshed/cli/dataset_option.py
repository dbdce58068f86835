"""The option --dataset of commands whose first argument is a dataset."""

from typing import Any

from typer.core import TyperCommand


class OfDataset(TyperCommand):
    """A command that takes its dataset first, or by --dataset as others do."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        """Say so in the help of the first argument."""
        super().__init__(*arguments, **settings)
        self.params[0].help += " Or: --dataset NAME."

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put a dataset that is named by the option in its place, which is first."""
        for number, word in enumerate(args):
            option, sign, name = word.partition("=")
            if option == "--":  # what follows is for another program
                break
            if option == "--dataset" and sign:
                return super().parse_args(
                    ctx, [name, *args[:number], *args[number + 1 :]]
                )
            if word in ("--dataset", "-d") and args[number + 1 :]:
                name, *after = args[number + 1 :]
                return super().parse_args(ctx, [name, *args[:number], *after])
        return super().parse_args(ctx, args)
