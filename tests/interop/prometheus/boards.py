"""What can be checked of a Grafana board without Grafana: its shape, its grid, its references, its units."""
import json
import pathlib

BOARDS = pathlib.Path("helm/bttproxy-relay/dashboards")

# Of Grafana's own list (packages/grafana-data, valueFormats): those that the boards use.
UNITS = {"short", "none", "bytes", "Bps", "s", "percentunit", "reqps", "ops", "dateTimeFromNow", "cps"}
TYPES = {"timeseries", "stat", "row"}


def load():
    return {file.name: json.loads(file.read_text()) for file in sorted(BOARDS.glob("*.json"))}


def queries(board):
    return [(panel["title"], target["expr"]) for panel in board["panels"] for target in panel.get("targets", [])]


def check(board):
    assert board["schemaVersion"] >= 36 and board["title"] and board["uid"] and board["id"] is None, "schemaVersion, title, uid; id is Grafana's to give"
    variables = [variable["name"] for variable in board["templating"]["list"]]
    assert "datasource" in variables, "no variable for the data source"
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids)), "panel ids repeat"
    taken = set()
    for panel in board["panels"]:
        what, grid = panel["title"], panel["gridPos"]
        assert panel["type"] in TYPES, f"{what}: type {panel['type']}"
        assert 0 <= grid["x"] and grid["x"] + grid["w"] <= 24 and grid["w"] > 0 and grid["h"] > 0, f"{what}: outside the grid"
        cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
        assert not cells & taken, f"{what}: overlaps another panel"
        taken |= cells
        if panel["type"] == "row":
            continue
        assert panel["description"], f"{what}: says nothing about what to do"
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, f"{what}: unit {panel['fieldConfig']['defaults']['unit']}"
        assert panel["targets"], f"{what}: no query"
        letters = [target["refId"] for target in panel["targets"]]
        assert len(letters) == len(set(letters)), f"{what}: refIds repeat"
        for source in [panel["datasource"], *(target["datasource"] for target in panel["targets"])]:
            assert source == {"type": "prometheus", "uid": "${datasource}"}, f"{what}: data source {source}"
    return f"{len(ids)} panels"
