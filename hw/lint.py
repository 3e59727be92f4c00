#!/usr/bin/env python3
"""Checks each module of hw/rtl, as a top of its own, with one of three tools.

    lint.py verilator [-I build/include/nncc/ISA -I build/hw/tiny] [module...]

verilator: -Wall without a warning. iverilog: Verilog-2005 without a warning. yosys:
no undriven, doubly driven or looping signal, no latch. Before that, for all: a file
holds the module of its name, between `default_nettype none` and `wire`, and is plain
text of at most 100 columns. A module that knows NNCC_PART_CLOCKS is checked with that
macro too.
"""
import argparse
import glob
import os
import re
import subprocess
import sys

RTL = os.path.join(os.path.dirname(os.path.realpath(__file__)), "rtl")

# The macro with which simulators leave parts without a clock.
PART_CLOCKS = "NNCC_PART_CLOCKS"


def check_text(path):
    name = os.path.basename(path)[: -len(".v")]
    with open(path, encoding="utf-8") as source:
        text = source.read()
    errors = []
    modules = re.findall(r"^\s*module\s+(\w+)", text, re.M)
    if modules != [name]:
        errors.append("holds %s, expected only module %s" % (modules, name))
    directives = re.findall(r"^`default_nettype\s+(\w+)", text, re.M)
    if directives != ["none", "wire"]:
        errors.append("expected `default_nettype none at the top and wire at the end")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > 100 or "\t" in line or line != line.rstrip():
            errors.append("line %d: over 100 columns, a tab, or blanks at the end" % number)
    return "".join("%s: %s\n" % (path, error) for error in errors)


def run(command):
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if result.returncode and not result.stdout.strip():
        return "%s exited with %d\n" % (command[0], result.returncode)
    return result.stdout


def verilator(module, path, includes, macros):
    waivers = [os.path.join(RTL, "nncc.vlt")]
    return run(
        ["verilator", "--lint-only", "-Wall", "-y", RTL, "--top-module", module]
        + ["-D" + macro for macro in macros]
        + ["-I" + folder for folder in includes]
        + [file for file in waivers if os.path.exists(file)]
        + [path]
    )


def iverilog(module, path, includes, macros):
    # The files have no `timescale: nothing in them waits. Icarus mentions processes
    # that are sensitive to a whole array; that is meant.
    flags = ["-Wall", "-Wno-timescale", "-Wno-sensitivity-entire-array"]
    return run(
        ["iverilog", "-g2005", "-tnull", "-y", RTL, "-s", module, "-I", RTL]
        + flags
        + ["-D" + macro for macro in macros]
        + ["-I" + folder for folder in includes]
        + [path]
    )


def yosys(module, path, includes, macros):
    folders = " ".join("-I" + folder for folder in [RTL] + includes)
    script = [
        "verilog_defaults -add " + folders,
        " ".join(["read_verilog -defer"] + ["-D" + macro for macro in macros] + [path]),
        "hierarchy -check -libdir %s -top %s" % (RTL, module),
        "proc",
        "check -assert",
        "select -assert-none t:$dlatch t:$adlatch t:$dlatchsr",
    ]
    output = run(["yosys", "-q", "-p", "; ".join(script)])
    # Arrays of registers are meant; memories are in nncc_ram.
    return re.sub(r"Warning: Replacing memory .* with list of registers.*\n", "", output)


def main():
    tools = {"verilator": verilator, "iverilog": iverilog, "yosys": yosys}
    parser = argparse.ArgumentParser(description="Checks the modules of hw/rtl.")
    parser.add_argument("tool", choices=sorted(tools))
    parser.add_argument("modules", nargs="*", help="default: all")
    parser.add_argument("-I", dest="includes", action="append", default=[],
                        help="folder of generated headers")
    args = parser.parse_intermixed_args()
    paths = sorted(glob.glob(os.path.join(RTL, "*.v")))
    if args.modules:
        paths = [os.path.join(RTL, module + ".v") for module in args.modules]
    failed = []
    for path in paths:
        module = os.path.basename(path)[: -len(".v")]
        output = check_text(path) + tools[args.tool](module, path, args.includes, [])
        with open(path, encoding="utf-8") as source:
            if "`ifdef " + PART_CLOCKS in source.read():
                output += tools[args.tool](module, path, args.includes, [PART_CLOCKS])
        if output.strip():
            failed.append(module)
            print(output)
    if failed:
        sys.exit("%s: complaints about %s" % (args.tool, ", ".join(failed)))
    print("%s: %d modules are clean" % (args.tool, len(paths)))


if __name__ == "__main__":
    main()
