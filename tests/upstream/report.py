"""Tells people what has come out: a line for each variant, some differences, totals, a table."""

import collections
import dataclasses

import contexts


@dataclasses.dataclass
class Sum:
    """The totals of several variants."""

    variants: contexts.Count = dataclasses.field(default_factory=contexts.Count)
    compared: contexts.Comparison = dataclasses.field(default_factory=contexts.Comparison)
    refused: int = 0  # variants that both tools refuse

    def add(self, comparison):
        self.variants.add(contexts.Count(int(comparison.identical), 1))
        self.compared.add(comparison)
        self.refused += comparison.failed_both

    def __str__(self):
        return (f"{self.variants} variants identical, {self.refused} of them refused by both; "
                f"Dockerfiles {self.compared.dockerfiles}, files {self.compared.files}")


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
        """Tells of one tree, given [(variant, comparison)]."""
        shown = 0
        whole = Sum()
        for variant, comparison in results:
            for total in (whole, self.all, self.sums[tree.name, variant.base]):
                total.add(comparison)
            self.say(f"{tree.name} {variant.label}: {self.outcome(comparison)}")
            for difference in comparison.differences[:1]:
                if shown < self.diffs:
                    self.say("    " + difference.replace("\n", "\n    "))
                    shown += 1
        self.say(f"{tree.name}: {whole}\n")

    @staticmethod
    def outcome(comparison):
        if comparison.files.total:
            text = f"Dockerfiles {comparison.dockerfiles}, files {comparison.files}"
        else:
            text = "both fail" if comparison.failed_both else "only one fails"
        return text if comparison.identical else text + " DIFFERS"

    def total(self):
        self.say(f"total: {self.all}")

    def markdown(self):
        """Returns the totals as a table."""
        rows = ["| Tree | Distro | Variants | Refused by both | Dockerfiles | Files of all contexts |",
                "|---|---|---|---|---|---|"]
        for (tree, base), total in self.sums.items():
            rows.append(f"| {tree} | {base} | {total.variants} | {total.refused} | "
                        f"{total.compared.dockerfiles} | {total.compared.files} |")
        rows.append(f"| all | | {self.all.variants} | {self.all.refused} | "
                    f"{self.all.compared.dockerfiles} | {self.all.compared.files} |")
        return "\n".join(rows)
