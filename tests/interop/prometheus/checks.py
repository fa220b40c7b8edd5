"""The checks of this suite; see run."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

import boards
import cases
import market

def rules():
    return [rule for group in yaml.safe_load(market.RULES.read_text())["groups"] for rule in group["rules"]]


def alerts():
    return [rule for rule in rules() if "alert" in rule]


def expressions():
    named = [(rule.get("alert", rule.get("record")), rule["expr"]) for rule in rules()]
    for file, board in boards.load().items():
        named += [(f"{file}: {title}", expression) for title, expression in boards.queries(board)]
    return named


def metrics(expression):
    """The metrics that an expression names; recorded ones have colons."""
    return set(re.findall(r"\b((?:bttproxy|dotnet|http)_\w+|up)\b", re.sub(r'"[^"]*"', '""', expression)))


def promtool(*arguments, text=None):
    done = subprocess.run(["promtool", *map(str, arguments)], input=text, capture_output=True, text=True)
    return done.returncode, (done.stdout + done.stderr).strip()


def accepted(*arguments):
    code, said = promtool(*arguments)
    assert code == 0, said
    return said.splitlines()[-1] if said else ""


def fires_and_is_silent(scratch, rule):
    """None, or what went wrong, of one alert: it must fire in the one case and be silent in the other."""
    name, bare = rule["alert"], yaml.safe_load(market.RULES.read_text())
    file = scratch / "rules-under-test.yaml"
    if not file.exists():
        file.write_text(yaml.safe_dump(bare))
    firing, healthy = cases.CASES[name]
    state = f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) > bool 0 or vector(0)'
    tests = [
        {"name": what, "interval": "1m", "input_series": [{"series": series, "values": values} for series, values in inputs.items()],
         "promql_expr_test": [{"expr": state, "eval_time": f"{cases.HOURS}h", "exp_samples": [{"labels": "{}", "value": value}]}]}
        for what, inputs, value in (("fires", firing, 1), ("silent", healthy, 0))]
    case = scratch / f"{name}.yaml"
    case.write_text(yaml.safe_dump({"rule_files": [str(file)], "evaluation_interval": "1m", "tests": tests}))
    code, said = promtool("test", "rules", case)
    assert code == 0, said
    return "fires, and is silent"


def each_alert_is_told():
    for rule in alerts():
        told = rule["annotations"]
        assert all(told.get(key) for key in ("summary", "description", "runbook")), f"{rule['alert']} lacks an annotation"
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}, f"{rule['alert']}: severity {rule['labels']['severity']}"
        assert all(word in told["runbook"] for word in ("Meaning:", "Look:", "Do:")), f"{rule['alert']}: the runbook lacks a part"
    names = [rule["alert"] for rule in alerts()]
    assert sorted(names) == sorted(cases.CASES), f"cases and alerts differ: {sorted(set(names) ^ set(cases.CASES))}"
    return f"{len(names)} alerts"


def coverage(scrape):
    """Of all metrics that rules and boards name: those in the scrape, and those missing."""
    exposed = {line.split("{")[0].split(" ")[0] for line in scrape.splitlines() if line and not line.startswith("#")} | {"up"}
    named = set().union(*(metrics(expression) for _, expression in expressions()))
    return named & exposed, named - exposed


class Report:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, what):
        try:
            print(f"ok {name}: {what()}", file=sys.stderr, flush=True)
            self.passed += 1
            return True
        except Exception as e:
            print(f"FAILED {name}: {type(e).__name__}: {e}", file=sys.stderr, flush=True)
            self.failed += 1
            return False


def check_rules(report, scratch):
    report.check("promtool takes the rules", lambda: accepted("check", "rules", market.RULES))
    report.check("each alert has severity, summary, description, a whole runbook and its cases", each_alert_is_told)
    return [rule["alert"] for rule in alerts() if report.check(rule["alert"], lambda: fires_and_is_silent(scratch, rule))]


def check_boards(report):
    loaded = boards.load()
    report.check("there are boards for money, policy, quality and reachability", lambda: all_boards(loaded))
    for file, board in loaded.items():
        report.check(f"board {file}", lambda: boards.check(board))


def all_boards(loaded):
    assert sorted(loaded) == ["money.json", "policy.json", "quality.json", "reachability.json"], sorted(loaded)
    return f"{len(loaded)} boards"


def complete(scrape):
    found, missing = coverage(scrape)
    assert not missing, f"not in the scrape: {', '.join(sorted(missing))}"
    return f"{len(found)} metrics"


def lint(scrape):
    code, said = promtool("check", "metrics", text=scrape)
    # The exporter writes the target's attributes as target_info, and counters of bytes keep the unit that OpenTelemetry gives them.
    ours = [line for line in said.splitlines() if line.startswith("bttproxy_")]
    assert not ours, "\n".join(ours)
    return "no complaint about ours"


def check_live(report, scratch):
    place = market.Market(scratch)
    try:
        if not report.check("a client buys from a relay that Prometheus scrapes", lambda: place.open() or f"admin port {place.admin}"):
            return None
        report.check("promtool takes the configuration", lambda: accepted("check", "config", scratch / "prometheus.yml"))
        report.check("Prometheus has what was paid", lambda: place.await_samples("bttproxy_relay_paid_size_bytes_total", 30) or "above zero")
        scrape = place.scrape()
        report.check("promtool takes the metrics", lambda: lint(scrape))
        report.check("every metric that a rule or a board names is there", lambda: complete(scrape))
        for name, expression in expressions():
            report.check(f"query of {name}", lambda: f"{len(place.query(expression))} series")
        report.check("no alert says that a healthy relay is down", lambda: silent(place))
        return scrape
    finally:
        place.close()


def silent(place):
    firing = [sample["metric"]["alertname"] for sample in place.query('ALERTS{alertstate="firing",severity="critical"}')]
    assert not firing, firing
    return "nothing critical"


def figure(name, value, reference):
    ratio = round(value / reference, 4) if reference else 0
    print(json.dumps({"name": name, "value": value, "unit": "alerts" if name == "alerts" else "metrics", "reference": "all of them",
                      "referenceValue": reference, "ratio": ratio, "budget": 1, "pass": reference > 0 and value == reference}))
    return value == reference and reference > 0


def main(arguments):
    report = Report()
    with tempfile.TemporaryDirectory(prefix="bttproxy-prometheus.") as directory:
        scratch = pathlib.Path(directory)
        if arguments[:1] == ["--figure"] and arguments[1:] in (["alerts"], ["metric-coverage"]):
            if arguments[1] == "alerts":
                good = figure("alerts", len(check_rules(report, scratch)), len(alerts()))
            else:
                found, missing = coverage(check_live(report, scratch) or "")
                good = figure("metric-coverage", len(found), len(found) + len(missing))
            return 0 if good else 1
        if arguments:
            print("usage: tests/interop/prometheus/run [--figure alerts|metric-coverage]", file=sys.stderr)
            return 2
        check_rules(report, scratch)
        check_boards(report)
        check_live(report, scratch)
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


sys.exit(main(sys.argv[1:]))
