"""The plan of an experiment: method, error rates, dates, and what is asked of its data."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from metrics.formats.experiments import terms
from metrics.formats.experiments.fields import Fields, Unreadable
from metrics.formats.experiments.measures import one_of
from metrics.stats.experiments import balance, sequential
from metrics.stats.experiments.bayes import Prior
from metrics.stats.experiments.trial import PRIMARY, Incident, Measure, Trial, Variant

QUIET = (
    *("format", "version", "schema", "hypothesis", "description", "owner", "team", "unit", "surfaces"),
    *("exclusion_group", "plan_hash", "url"),
)


def read(
    top: Fields,
    variants: tuple[Variant, ...],
    kpis: tuple[Measure, ...],
    *,
    together: bool,
    notes: list[str],
) -> Trial:
    """The whole experiment. Raises `Unreadable`."""
    method = one_of(top.text("method", "engine", "test", "analysis") or "fixed", terms.METHODS, "method")
    correction = top.text(
        "correction", "multiple_testing", "multiplicity", "p_value_correction", "adjustment"
    )
    scale = top.text("scale", "difference_type", "effect_scale", "difference")
    size = _share(top, terms.EFFECT, "mde", most=1000.0)
    if size:
        kpis = tuple(
            replace(kpi, effect=size) if kpi.role == PRIMARY and kpi.effect is None else kpi for kpi in kpis
        )
    started = top.day("started", "starts", "started_on", "start", "start_date", "started_at", "from")
    until = top.day("as_of", "data_until", "until", "snapshot_at", "at", "ended", "ended_on", "end_date")
    days = top.whole("days", "days_run", "ran_days", "runtime_days", "days_running", "run_days")
    if days is None and started and until:
        days = (until - started).days + 1
    ends = top.day("ends", "planned_end", "planned_to", "ends_on", "stop_date", "planned_stop", "stops")
    alpha, power = _alpha(top), _share(top, ("power",), "power") or 0.8
    _in_order(started, ends, until)
    if power <= alpha:
        raise Unreadable(f"“power” is {power:g}, and must be above “alpha”, which is {alpha:g}.")
    trial = Trial(
        variants=variants,
        measures=kpis,
        key=top.text("key", "id", "slug", "experiment_key"),
        name=top.text("name", "title"),
        method=method,
        scale=one_of(scale, terms.SCALES, "scale") if scale else "relative",
        alpha=alpha,
        power=power,
        correction=one_of(correction, terms.CORRECTIONS, "correction") if correction else "holm",
        together=together,
        tightest=_tightest(top),
        prior=_prior(top),
        chance=_share(top, ("chance_to_win", "chance", "chance_threshold", "win_threshold"), "chance")
        or 0.95,
        loss=_share(top, ("expected_loss", "loss", "loss_threshold", "risk_threshold"), "expected_loss"),
        alarm=_share(top, ("srm_alpha", "srm_threshold", "srm_p"), "srm_alpha") or balance.ALARM,
        least_off=_least_off(top),
        exposed_to_several=_several(top, sum(one.n for one in variants)),
        started=started,
        ends=ends,
        as_of=until,
        days=_not_negative(days, "days"),
        least_days=_not_negative(top.whole(*LEAST_DAYS), "min_days") or 0,
        planned=_planned(top, variants),
        incidents=_incidents(top.take("incidents", "kpi_incidents")),
        changes=_texts(top.take("changes", "plan_changes"), "changes"),
    )
    top.take(*QUIET)
    notes += [f"“{name}” of the document is not known and was left out." for name in top.left()]
    return replace(trial, notes=tuple(notes))


LEAST_DAYS = (
    "min_days",
    "minimum_days",
    "minimum_run_days",
    "min_run_days",
    "minimum_run_length",
    "min_run_length",
    "minimum_duration",
    "min_duration",
    "least_days",
)


def _share(top: Fields, names: tuple[str, ...], what: str, *, most: float = 1.0) -> float | None:
    value = top.number(*names)
    if value is None:
        return None
    if not 0 < value < most:
        raise Unreadable(f"“{what}” is {value:g}, and must lie between 0 and {most:g}.")
    return value


def _alpha(top: Fields) -> float:
    alpha = _share(top, ("alpha", "significance", "significance_level", "significance_threshold"), "alpha")
    sure = _share(top, ("confidence", "confidence_level"), "confidence")
    if alpha and sure and abs(alpha + sure - 1) > 1e-9:
        raise Unreadable(f"“alpha” is {alpha:g} and “confidence” {sure:g}, which is another. Leave one out.")
    return alpha or (1 - sure if sure else 0.05)


def _in_order(started: date | None, ends: date | None, until: date | None) -> None:
    if started and ends and ends < started:
        raise Unreadable(f"The planned end, {ends}, is before the start, {started}.")
    if started and until and until < started:
        raise Unreadable(f"The data go until {until}, which is before the start, {started}.")


def _tightest(top: Fields) -> float:
    names = ("sequential_tuning_parameter", "tuning", "sequential_tuning", "tightest", "n_star")
    value = top.number(*names)
    if value is not None and value < 1:
        raise Unreadable(f"“{names[0]}” is a number of units, 1 or more, not {value:g}.")
    return value or sequential.TIGHTEST


def _prior(top: Fields) -> Prior | None:
    given = top.take("prior", "prior_effect")
    if given is None:
        return None
    fields = Fields(given, "the prior")
    mean = fields.number("mean", "mu") or 0.0
    deviation = fields.number("sd", "deviation", "standard_deviation", "sigma", "stddev")
    variance = fields.number("variance", "var")
    if deviation is None and variance is not None and variance > 0:
        deviation = variance**0.5
    if deviation is None or not 0 < deviation < 1e6 or abs(mean) > 1e6:
        raise Unreadable("The prior is {“mean”: 0, “sd”: 0.3}: of the relative effect, its sd above 0.")
    return Prior(mean, deviation)


def _least_off(top: Fields) -> float:
    value = top.number("srm_min_deviation", "srm_minimum_deviation", "min_deviation", "minimum_deviation")
    if value is None:
        return balance.LEAST
    if not 0 <= value < 1:
        raise Unreadable(f"“srm_min_deviation” is {value:g}, and is a share: 0.005 is 0.5 %.")
    return value


def _several(top: Fields, units: int) -> int | None:
    names = ("multiple_exposures", "multiple_exposure", "exposed_to_several", "multi_exposed", "contaminated")
    seen = _not_negative(top.whole(*names), names[0])
    if seen is not None and seen > units > 0:
        raise Unreadable(f"“{names[0]}” is {seen:,}, more than the {units:,} units there are.")
    return seen


def _not_negative(value: int | None, what: str) -> int | None:
    if value is not None and value < 0:
        raise Unreadable(f"“{what}” is negative.")
    return value


def _planned(top: Fields, variants: tuple[Variant, ...]) -> int | None:
    """Units in all that the plan asks for."""
    whole = _not_negative(
        top.whole("planned_units", "planned_total", "planned_n", "total_sample_size"), "planned_units"
    )
    each = _not_negative(
        top.whole("sample_size", "sample_size_per_variant", "planned_per_variant"), "sample_size"
    )
    return whole if whole is not None else each * len(variants) if each is not None else None


def _incidents(given: Any) -> tuple[Incident, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise Unreadable("“incidents” must be a list of objects.")
    found = []
    for place, one in enumerate(given, start=1):
        fields = Fields({"title": one} if isinstance(one, str) else one, f"incident {place}")
        title = fields.text("title", "name", "summary") or "Incident"
        for name in ("first", "last"):
            fields.day(name)
        found.append(Incident(fields.text("kpi", "metric"), title, fields.flag("over", "resolved")))
    return tuple(found)


def _texts(given: Any, what: str) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise Unreadable(f"“{what}” must be a list.")
    return tuple(_text(one) for one in given)


def _text(one: Any) -> str:
    if isinstance(one, Mapping):
        parts = [str(value) for value in one.values() if isinstance(value, str | int | float)]
        return ": ".join(parts)[:300]
    return str(one)[:300]
