#!/usr/bin/env python3
"""Resources of a configuration as Yosys estimates them, against those of its device.

    synth.py CONFIG --build build [--module M] [--paths] [--json FILE]

Devices and their budgets are in devices.json. Exit status 1: over the budget.

Each module, with each set of its parameters, is synthesized once, however many
instances there are. Then the hierarchy is dissolved, and what nobody uses is removed:
the fields of an instruction that an engine does not have are not kept in its queue.
Nothing else is optimized across modules. Resources are counted for each module where it
is instantiated; the name of a cell tells its instance.

    cells    LUT1 to LUT6, inverters, LUT RAM and shift registers
    LUT      the same, and one for each bit of a carry chain that has none in front; two
             of an instance share a LUT if they have at most five inputs together: it has
             two outputs, functions of the same five inputs
    FF       flip-flops outside block RAM and DSP slices
    RAMB36   block RAMs; a RAMB18 is half of one

What Yosys itself makes of its LUTs (`stat -tech xilinx`, "Estimated number of LCs", which
pairs them by size alone) is printed beside, with LUT RAM and shift registers.

--paths also prints the longest paths, by the delays of cells that Yosys knows: no
wires. They compare one structure with another; they are no clock frequency.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
RTL = os.path.join(os.path.dirname(HERE), "rtl")
BUDGET = ["LUT", "FF", "DSP", "RAMB36"]
COLUMNS = ["cells"] + BUDGET

# What a primitive takes. Carry chains and wide multiplexers lie beside the LUTs.
PRIMITIVES = {
    "SRL16E": {"LUT": 1},
    "SRLC32E": {"LUT": 1},
    "RAM32X1D": {"LUT": 2},
    "RAM64X1D": {"LUT": 2},
    "RAM128X1D": {"LUT": 4},
    "RAM256X1D": {"LUT": 8},
    "RAM32M": {"LUT": 4},
    "RAM64M": {"LUT": 4},
    "RAM32M16": {"LUT": 8},
    "RAM64M8": {"LUT": 8},
    "RAMB18E1": {"RAMB36": 0.5},
    "RAMB18E2": {"RAMB36": 0.5},
    "RAMB36E1": {"RAMB36": 1},
    "RAMB36E2": {"RAMB36": 1},
    "DSP48E1": {"DSP": 1},
    "DSP48E2": {"DSP": 1},
}
PRIMITIVES.update((name, {"FF": 1}) for name in ("FDRE", "FDSE", "FDCE", "FDPE"))
LOGIC = {"INV", "LUT1", "LUT2", "LUT3", "LUT4", "LUT5", "LUT6"}
CARRY = {"CARRY4", "CARRY8"}
FREE = {"MUXF7", "MUXF8", "MUXF9", "GND", "VCC"}


def error(message):
    sys.exit("synth.py: error: " + message)


def script(device, top, parameters, includes, files):
    """The Yosys commands that synthesize `top`."""
    commands = [
        "verilog_defaults -add %s -DNNCC_DSP_PRIMITIVES"
        % " ".join("-I" + folder for folder in [RTL] + includes),
        "read_verilog -lib -specify +/xilinx/cells_sim.v",
        "read_verilog -lib +/xilinx/cells_xtra.v",
        "read_verilog -defer " + os.path.join(RTL, top + ".v"),
        "hierarchy -check -libdir %s -top %s %s"
        % (RTL, top, " ".join("-chparam %s %s" % item for item in parameters)),
        "synth_xilinx -family %s -noiopad -noclkbuf -nowidelut -run prepare:" % device["family"],
        "write_json " + files["modules"],
    ]
    if "paths" in files:
        # Synthesis leaves no timing in the library.
        commands += [
            "read_verilog -lib -specify -overwrite +/xilinx/cells_sim.v",
            "tee -q -o %s sta" % files["paths"],
        ]
    commands += ["flatten", "opt_clean -purge"]
    if "paths" in files:
        commands.append("tee -q -a %s sta" % files["paths"])
    commands += ["tee -q -o %s stat -tech xilinx" % files["stat"],
                 "select A:top", "json -o " + files["cells"]]
    return "; ".join(commands)


def run(commands):
    result = subprocess.run(
        ["yosys", "-q", "-p", commands],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode:
        lines = [line for line in result.stdout.split("\n") if not line.startswith("Warning")]
        error("yosys: " + "\n".join(lines))


def short(name):
    """`nncc_ram` of Yosys' name of the module with its parameters."""
    return re.findall(r"\w+", name.split("\\")[1])[0] if "\\" in name else name


def pairs(cells):
    """How many pairs of the LUTs share one: together they have at most five inputs.

    cells: the sets of nets at their inputs. First those that share most, found over
    their nets; then any that are small enough.
    """
    by_net = {}
    for index, nets in enumerate(cells):
        for net in nets:
            by_net.setdefault(net, []).append(index)
    free = [0 < len(nets) <= 5 for nets in cells]
    found = 0
    order = sorted(range(len(cells)), key=lambda index: -len(cells[index]))
    for common in (4, 3, 2, 1):
        for index in order:
            if not free[index] or len(cells[index]) < common:
                continue
            near = collections.Counter()
            for net in cells[index]:
                if len(by_net[net]) <= 64:  # not over a net that goes everywhere
                    near.update(by_net[net])
            for other, both in near.most_common():
                if both < common:
                    break
                if other != index and free[other] and len(cells[index] | cells[other]) <= 5:
                    free[index] = free[other] = False
                    found += 1
                    break
    left = collections.Counter(len(nets) for nets, alone in zip(cells, free) if alone)
    for size, other in ((4, 1), (3, 2), (3, 1), (2, 2), (2, 1), (1, 1)):
        both = left[size] // 2 if size == other else min(left[size], left[other])
        left[size] -= both
        left[other] -= both
        found += both
    return found


class Design:
    """The modules and the cells of the flat design, as Yosys' write_json gives them."""

    def __init__(self, modules, cells, top):
        self.modules = {
            name: module["cells"]
            for name, module in modules["modules"].items()
            if not module["attributes"].get("blackbox")
            and not module["attributes"].get("whitebox")
        }
        self.top = next(
            name for name in self.modules
            if modules["modules"][name]["attributes"].get("top") and short(name) == top
        )
        # A place is a module and those it is in; instances are in the place of their module.
        self.places = {"": (short(self.top),)}
        self.instances = collections.Counter([(short(self.top),)])
        self.find_instances(self.top, "", (short(self.top),))
        self.own = {}
        self.memory_luts = 0
        self.count(next(module["cells"] for name, module in cells["modules"].items()
                        if name == self.top))

    def find_instances(self, module, path, place):
        for name, cell in self.modules[module].items():
            if cell["type"] in self.modules:
                inner = place + (short(cell["type"]),)
                self.places[path + name] = inner
                self.instances[inner] += 1
                self.find_instances(cell["type"], path + name + ".", inner)

    def path(self, name):
        """The instance that a cell of the flat design comes from."""
        name = name.replace("$flatten", "").replace("\\", "")
        end = name.rfind(".")
        while end > 0 and name[:end] not in self.places:
            end = name.rfind(".", 0, end)
        return name[:max(end, 0)]

    def count(self, cells):
        logic = collections.defaultdict(list)
        free = {  # outputs of LUTs, each of which may lead into one bit of a carry chain
            net for cell in cells.values() if cell["type"] in LOGIC
            for net in cell["connections"]["O"]
        }
        for name, cell in cells.items():
            path = self.path(name)
            costs = self.own.setdefault(self.places[path], dict.fromkeys(COLUMNS, 0))
            kind = cell["type"]
            if kind in LOGIC:
                costs["cells"] += 1
                costs["LUT"] += 1
                logic[path].append({
                    net for port, nets in cell["connections"].items() if port != "O"
                    for net in nets if isinstance(net, int)
                })
            elif kind in PRIMITIVES:
                for resource, amount in PRIMITIVES[kind].items():
                    costs[resource] += amount
                    if resource == "LUT":
                        costs["cells"] += amount
                        self.memory_luts += amount
            elif kind in CARRY:
                for net in cell["connections"]["S"]:
                    if net in free:
                        free.remove(net)
                    elif isinstance(net, int):
                        costs["LUT"] += 1
                        logic[path].append({net})
            elif kind not in FREE:
                error("%s is a %s, which PRIMITIVES does not list" % (name, kind))
        for path, luts in logic.items():
            self.own[self.places[path]]["LUT"] -= pairs(luts)

    def rows(self):
        """(depth, module, instances, resources of all of them) from the top down."""
        totals = {place: dict.fromkeys(COLUMNS, 0) for place in self.instances}
        for place, costs in self.own.items():
            for length in range(1, len(place) + 1):
                for column, amount in costs.items():
                    totals[place[:length]][column] += amount

        def below(place):
            yield len(place) - 1, place[-1], self.instances[place], totals[place]
            inner = [other for other in totals if other[:-1] == place]
            for other in sorted(inner, key=lambda other: (-totals[other]["LUT"], other)):
                yield from below(other)

        return list(below((short(self.top),)))


def shown(amount):
    return "%g" % amount if amount % 1 else "%d" % amount


def print_table(rows, device, depth):
    print("%-34s %5s" % ("module", "times") + "".join(" %8s" % name for name in COLUMNS))
    for level, name, number, total in rows:
        if level <= depth:
            print(
                "%-34s %5d" % ("  " * level + name, number)
                + "".join(" %8s" % shown(total[column]) for column in COLUMNS)
            )
    if device:
        print(
            "%-40s" % device["device"]
            + " %8s" % ""
            + "".join(" %8s" % shown(device[column]) for column in BUDGET)
        )
        print(
            "%-40s" % "used"
            + " %8s" % ""
            + "".join(" %7.0f%%" % (100 * rows[0][3][column] / device[column]) for column in BUDGET)
        )


def latest(report):
    """The latest arrivals of the modules, and of the design, in picoseconds."""
    found = []
    for part in report.split("Latest arrival time in ")[1:]:
        lines = part.split("\n")
        module, time = re.match(r"'(\S+)' is (\d+):", lines[0]).groups()
        hops = len([line for line in lines[1:] if re.match(r" +\d+ .*\(\w+\.\w+->\w+\)", line)])
        nets = re.findall(r"^ +((?:\\\S+|[a-z]\S*)) ?(?:\[\d+\])?$", part, re.M)
        found.append((int(time), short(module), hops, nets))
    return found


def own_estimate(stat):
    """Logic cells of the flat design by Yosys' own estimate, the last of its statistics."""
    found = re.findall(r"Estimated number of LCs:\s+(\d+)", stat)
    if not found:
        error("yosys' stat has no estimate of logic cells")
    return int(found[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", help="tiny, z7020 or zu3eg: a key of devices.json")
    parser.add_argument("--build", default="build",
                        help="the build folder, which has the generated headers")
    parser.add_argument("--module", default="nncc_core",
                        help="the module to look at; others than the core with their default "
                        "parameters, and without a budget")
    parser.add_argument("-P", dest="parameters", action="append", default=[],
                        metavar="NAME=VALUE", help="a parameter of that module")
    parser.add_argument("--depth", type=int, default=2, help="levels of the table")
    parser.add_argument("--paths", action="store_true", help="print the longest paths")
    parser.add_argument("--json", help="write the table there")
    args = parser.parse_args()

    with open(os.path.join(HERE, "devices.json"), encoding="utf-8") as file:
        devices = json.load(file)
    if args.config not in devices:
        error("no configuration `%s` in devices.json; it has %s"
              % (args.config, ", ".join(devices)))
    device = devices[args.config]
    includes = [os.path.join(args.build, "include", "nncc", "ISA"),
                os.path.join(args.build, "hw", args.config)]
    if not os.path.exists(os.path.join(includes[1], "nncc_config.vh")):
        error("%s has no hw/%s/nncc_config.vh; to make it: ninja NNCCHardwareHeaders"
              % (args.build, args.config))
    is_core = args.module == "nncc_core"
    parameters = [tuple(item.split("=", 1)) for item in args.parameters]
    if is_core:
        parameters = [("FAST", 0)] + list(device["parameters"].items()) + parameters

    with tempfile.TemporaryDirectory() as folder:
        kinds = ["modules", "cells", "stat"] + (["paths"] if args.paths else [])
        files = {kind: os.path.join(folder, kind) for kind in kinds}
        run(script(device, args.module, parameters, includes, files))
        text = {}
        for kind in kinds:
            with open(files[kind], encoding="utf-8") as file:
                text[kind] = file.read()
    design = Design(json.loads(text["modules"]), json.loads(text["cells"]), args.module)
    longest = latest(text.get("paths", ""))
    rows = design.rows()
    print_table(rows, device if is_core else None, args.depth)
    for time, module, hops, nets in sorted(longest, reverse=True)[:16]:
        print("%6.2f ns %3d cells  %-24s %s" % (time / 1000, hops, module, " < ".join(nets[:3])))
    own = own_estimate(text["stat"]) + design.memory_luts
    print("LUTs by Yosys' own estimate of logic cells, with LUT RAM and shift registers: %d" % own)
    if args.json:
        table = {
            "config": args.config,
            "device": device,
            "yosys_luts": own,
            "rows": [
                {"depth": level, "module": name, "instances": number, **total}
                for level, name, number, total in rows
            ],
            "paths": [
                {"module": module, "ps": time, "cells": hops} for time, module, hops, _ in longest
            ],
        }
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(table, file, indent=1)
            file.write("\n")

    over = [column for column in BUDGET if is_core and rows[0][3][column] > device[column]]
    for column in over:
        print("over the budget: %s %s of %s"
              % (shown(rows[0][3][column]), column, shown(device[column])))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
