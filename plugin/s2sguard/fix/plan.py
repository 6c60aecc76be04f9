"""The whole way: audit, work out targets gateway by gateway, prove them, and leave out what does not prove itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from s2sguard.audit import Progress, Request, audit, silent
from s2sguard.evaluate import load_pack, open_engine
from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts import FactsOptions
from s2sguard.facts.agreed import AgreementBook
from s2sguard.fix.case import Case
from s2sguard.fix.check import NOTHING, Checker, Seen
from s2sguard.fix.effects import effects_of, steps_of
from s2sguard.fix.elsewhere import elsewhere_of
from s2sguard.fix.model import Checked, Fix, FixPlan, GatewayOutcome, Language, Left, NoFix, Obstacle, Patch, Settled, Subject
from s2sguard.fix.neighbours import without_conflicts
from s2sguard.fix.obstacles import HEADEND
from s2sguard.fix.snippets import language_of, snippets_of
from s2sguard.fix.target import Target, selectors_after, target_of
from s2sguard.fix.weigh import Weighing
from s2sguard.model.inventory import Inventory, fold_id
from s2sguard.report.interface import Report
from s2sguard.report.names import report_names
from s2sguard.report.summary import summarise


def plan_fixes(
    request: Request,
    *,
    now: Callable[[], str],
    languages: Sequence[Language] = (),
    chosen: Callable[[Report], set[str] | None] = lambda _: None,
    progress: Progress = silent,
) -> FixPlan:
    """Return the verified fixes of an inventory, and the reasons where there are none; raises InputError or EvaluationError.

    `chosen` takes the report and returns the folded ids to show, None for all: targets and proofs always cover whole gateways.
    Without `languages` each fix is written in the language its connection was read from.
    """
    inventory, report = audit(request, now=now, progress=progress)
    shown = chosen(report)
    pack = load_pack()
    options = request.options
    engine = open_engine(request.config.engine, opa_url=request.config.opa_url)
    try:
        checker = Checker(inventory, report.facts, options, engine, pack)
        planner = _Planner(inventory, report, checker, _cases(inventory, report, checker, options))
        planner.prove(progress)
    finally:
        engine.close()
    return planner.result(shown, languages)


class _Planner:
    """The state of one run: which connections fail, what each would get, and what was seen."""

    def __init__(self, inventory: Inventory, report: Report, checker: Checker, cases: Mapping[str, Case]) -> None:
        self._inventory = inventory
        self._report = report
        self._checker = checker
        self._cases = cases
        self._baseline = _by_resource(report.verdicts)
        self._failing = [key for key in self._cases if any(verdict.counts for verdict in self._baseline.get(key, {}).values())]
        self._targets: dict[str, Target] = {}
        self._alone: dict[str, Seen] = {}
        self._together = NOTHING

    def prove(self, progress: Progress) -> None:
        """Work out all targets, then apply them: alone, together, and together again without those that proved to be no fix."""
        by_gateway: dict[str, list[str]] = defaultdict(list)
        for key in self._failing:
            by_gateway[self._checker.gateway_of(key).key].append(key)
        for keys in by_gateway.values():
            near = {one.key: self._cases[one.key] for one in self._checker.gateway_of(keys[0]).connections if one.key in self._cases}
            self._targets |= without_conflicts(near, {key: target_of(self._cases[key]) for key in keys})
        patches = self._patches()
        for number, (key, patch) in enumerate(patches.items(), 1):
            progress(f"checking fix {number} of {len(patches)}")
            self._alone[key] = self._checker.alone(patch)
        while True:
            self._together = self._checker.together(self._patches().values())
            faults = {key: tuple(self._weighing(key).faults()) for key in self._patches()}
            if not any(faults.values()):
                break
            self._targets |= {key: (_not_verified(found),) for key, found in faults.items() if found}
        for key, target in self._targets.items():
            left = self._weighing(key).remaining() if isinstance(target, Patch) and not target.changes else ()
            if left:
                self._targets[key] = tuple(_neighbours(one) for one in left)

    def result(self, shown: set[str] | None, languages: Sequence[Language]) -> FixPlan:
        """Return what was found about the connections to show."""
        wanted = [key for key in self._failing if shown is None or key in shown]
        targets = {key: self._targets[key] for key in wanted}
        patches = self._patches()
        return FixPlan(
            fixes=tuple(self._fix(key, patches[key], languages) for key in wanted if key in patches),
            settled=tuple(self._settled(key) for key, target in targets.items() if isinstance(target, Patch) and key not in patches),
            without=tuple(NoFix(subject=self._subject(key), obstacles=one) for key, one in targets.items() if not isinstance(one, Patch)),
            elsewhere=elsewhere_of(self._report.verdicts, self._inventory) if shown is None else (),
            gateways=tuple(self._gateways(wanted)),
            assumptions=self._report.facts["assumptions"],
            gaps=self._report.gaps,
            names=report_names(self._report),
            nothing_read=summarise(self._report).nothing_read,
        )

    def _fix(self, key: str, patch: Patch, languages: Sequence[Language]) -> Fix:
        weighing, case = self._weighing(key), self._cases[key]
        gone, gone_together = weighing.gone()
        gateway = case.gateway.key
        before = next((one.get("pairs") for one in self._report.facts["gateways"] if fold_id(one["id"]) == gateway), None)
        checked = Checked(
            gone=gone,
            gone_together=gone_together,
            meanwhile=weighing.meanwhile(),
            remaining=weighing.remaining(),
            unknown=weighing.unknown(),
            pairs_before=before,
            pairs_alone=self._alone[key].pairs.get(gateway, before),
            pairs_together=self._together.pairs.get(gateway, before),
        )
        subject = self._subject(key)
        return Fix(
            subject=subject,
            patch=patch,
            checked=checked,
            selectors=selectors_after(case, patch),
            snippets=snippets_of(patch, languages or (language_of(subject.resource),)),
            effects=tuple(effects_of(patch, selectors_after(case, patch))),
            steps=tuple(steps_of(patch)),
        )

    def _settled(self, key: str) -> Settled:
        gone, gone_together = self._weighing(key).gone()
        return Settled(subject=self._subject(key), gone_together=tuple(sorted({*gone, *gone_together})))

    def _subject(self, key: str) -> Subject:
        case, facts = self._cases[key], self._checker.connections[key]
        findings = tuple(verdict for _, verdict in sorted(self._baseline[key].items()) if verdict.counts)
        return Subject(
            resource=case.resource,
            gateway=facts["gateway"],
            partner=facts.get("partner", ""),
            findings=findings,
            position=self._report.positions.get(case.resource.source),
            site=self._inventory.get(facts["site"]) if "site" in facts else None,
        )

    def _weighing(self, key: str) -> Weighing:
        facts = dict(self._checker.connections) | dict(self._together.connections)
        return Weighing(
            key=key,
            baseline=self._baseline,
            alone=self._alone.get(key, NOTHING),
            together=self._together,
            fixed=frozenset(self._patches()),
            closed=frozenset(name for name, one in facts.items() if "ceiling" in one and not one["ceiling"]["open"]),
            names={name: one["name"] for name, one in facts.items()},
        )

    def _patches(self) -> dict[str, Patch]:
        """Return what there is to apply; a connection whose own settings are right has nothing."""
        return {key: target for key, target in self._targets.items() if isinstance(target, Patch) and target.changes}

    def _gateways(self, keys: Iterable[str]) -> Iterable[GatewayOutcome]:
        by_gateway: dict[str, list[str]] = defaultdict(list)
        for key in keys:
            by_gateway[self._cases[key].gateway.key].append(key)
        for gateway in self._report.facts["gateways"]:
            here = by_gateway.get(fold_id(gateway["id"]))
            if here:
                yield GatewayOutcome(
                    id=gateway["id"],
                    before=gateway.get("pairs"),
                    after=self._together.pairs.get(fold_id(gateway["id"]), gateway.get("pairs")),
                    fixes=self._count(self._patches(), gateway["id"]),
                    settled=self._count(
                        (key for key, one in self._targets.items() if isinstance(one, Patch) and not one.changes), gateway["id"]
                    ),
                    failing=self._count(self._failing, gateway["id"]),
                )

    def _count(self, keys: Iterable[str], gateway: str) -> int:
        return sum(1 for key in keys if self._cases[key].gateway.key == fold_id(gateway))


def _cases(inventory: Inventory, report: Report, checker: Checker, options: FactsOptions) -> dict[str, Case]:
    accepted: dict[str, set[str]] = defaultdict(set)
    book = AgreementBook(options.agreements or (), options.today)
    for verdict in report.verdicts:
        if verdict.status == "fail" and not verdict.counts:
            accepted[fold_id(verdict.resource)].add(verdict.control_id)
    return {
        connection.key: Case(
            connection=connection,
            gateway=gateway,
            resource=resource,
            inventory=inventory,
            options=options,
            agreement=book.of(connection),
            spared=frozenset(accepted[connection.key]),
        )
        for gateway in checker.estate.gateways
        for connection in gateway.connections
        if (resource := inventory.get(connection.id)) is not None
    }


def _by_resource(verdicts: Iterable[Verdict]) -> dict[str, dict[str, Verdict]]:
    found: dict[str, dict[str, Verdict]] = defaultdict(dict)
    for verdict in verdicts:
        if verdict.status != "pass":
            found[fold_id(verdict.resource)][verdict.control_id] = verdict
    return dict(found)


def _neighbours(left: Left) -> Obstacle:
    if left.control.startswith("S2S-AGR-"):
        return Obstacle(code="neighbour", requirement=f"its own settings are as they should be, and {left.control} stays", instead=left.why)
    return Obstacle(
        code="neighbour",
        requirement=f"its own settings are as they should be, and {left.control} stays: {left.why}",
        instead="fix or move the other end",
    )


def _not_verified(faults: Sequence[str]) -> Obstacle:
    return Obstacle(
        code="not-verified",
        requirement=f"the change was applied to a copy and did not hold: {'; '.join(faults[:3])}",
        instead=f"look at `s2sguard explain`; where no setting helps, {HEADEND}",
    )
