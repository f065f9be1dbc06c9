"""Tells people what has come out: a line for each variant, some differences, totals, a table."""

import collections
import dataclasses

import comparison


@dataclasses.dataclass
class Sum:
    """The totals of several variants."""

    variants: comparison.Count = dataclasses.field(default_factory=comparison.Count)
    compared: comparison.Comparison = dataclasses.field(default_factory=comparison.Comparison)
    refused: int = 0  # variants that both tools refuse
    on_purpose: int = 0  # variants that are counted nowhere else

    def add(self, result):
        if result.on_purpose:
            self.on_purpose += 1
            return
        self.variants.add(comparison.Count(int(result.identical), 1))
        self.compared.add(result)
        self.refused += result.failed_both

    def __str__(self):
        return (f"{self.variants} variants identical, {self.refused} of them refused by both; "
                f"Dockerfiles {self.compared.dockerfiles}, files {self.compared.files}; "
                f"{self.on_purpose} more differ on purpose")


class Report:
    """Collects what is told of each tree."""

    def __init__(self, diffs, out):
        self.diffs = diffs
        self.out = out
        self.sums = collections.defaultdict(Sum)  # by (tree, distro)
        self.all = Sum()

    @property
    def identical(self):
        return self.all.variants.complete

    def say(self, text):
        print(text, file=self.out, flush=True)

    def tree(self, tree, results):
        """Tells of one tree, given [(variant, comparison.Comparison)]."""
        shown = 0
        whole = Sum()
        for variant, result in results:
            for total in (whole, self.all, self.sums[tree.name, variant.base]):
                total.add(result)
            self.say(f"{tree.name} {variant.label}: {self.outcome(result)}")
            for difference in result.differences[:1]:
                if shown < self.diffs:
                    self.say("    " + difference.replace("\n", "\n    "))
                    shown += 1
        self.say(f"{tree.name}: {whole}\n")

    @staticmethod
    def outcome(result):
        if result.files.total:
            text = f"Dockerfiles {result.dockerfiles}, files {result.files}"
        else:
            text = "both fail" if result.failed_both else "only one fails"
        if result.on_purpose:
            return f"{text}, on purpose: {result.on_purpose}"
        return text if result.identical else text + " DIFFERS"

    def total(self):
        self.say(f"total: {self.all}")

    def markdown(self):
        """Returns the totals as a table."""
        rows = ["| Tree | Distro | Variants identical | of them refused by both | Dockerfiles identical | "
                "Files identical | Variants that differ on purpose |", "|---|---|---|---|---|---|---|"]
        for (tree, base), total in [*self.sums.items(), (("all", ""), self.all)]:
            cells = [tree, base, total.variants, total.refused, total.compared.dockerfiles, total.compared.files,
                     total.on_purpose]
            rows.append("| " + " | ".join(str(cell) for cell in cells) + " |")
        return "\n".join(rows)
