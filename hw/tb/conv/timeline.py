#!/usr/bin/env python3
"""Draws what nncc_conv does, cycle by cycle, from a simulation with Icarus.

    timeline.py -I build/include/nncc/ISA -I build/hw/tiny [--check PAGE | --update PAGE]

Prints the drawing; --check compares it with the one in a page, between the lines
`<!-- timeline -->` and `<!-- end of timeline -->`, --update replaces that one.
"""
import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
RTL = os.path.join(HERE, "../../rtl")
BEGIN, END = "<!-- timeline -->\n", "<!-- end of timeline -->\n"
V, PIXELS, TAPS, CONVS = 8, 12, 2, 2

# Name, events that belong to one letter, letters.
TAP_LETTERS, CONV_LETTERS = "abcd", "12"
ROWS = [
    ("starts", 1, CONV_LETTERS),
    ("weights to the array's shadow", V, TAP_LETTERS),
    ("words from the feature memory", PIXELS, TAP_LETTERS),
    ("words into the array", PIXELS, TAP_LETTERS),
    ("sums written to their bank", PIXELS, TAP_LETTERS),
    ("sums read by the drain", PIXELS, CONV_LETTERS),
    ("results to the feature memory", PIXELS, CONV_LETTERS),
    ("finishes", 1, CONV_LETTERS),
]


def simulate(includes):
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "bench")
        subprocess.run(
            ["iverilog", "-g2005", "-o", binary, "-y", RTL, "-I", RTL]
            + [argument for path in includes for argument in ("-I", path)]
            + [os.path.join(HERE, "timeline_bench.v")], check=True)
        out = subprocess.run(["vvp", "-n", binary], check=True, stdout=subprocess.PIPE, text=True)
    lines = [line for line in out.stdout.split("\n") if len(line) == len(ROWS)]
    if not lines or any(set(line) - set("01") for line in lines):
        sys.exit("timeline: expected lines of %d bits, got\n%s" % (len(ROWS), out.stdout))
    return lines


def draw(lines):
    length = max(i for i, line in enumerate(lines) if "1" in line) + 1
    width = max(len(name) for name, _, _ in ROWS)
    ruler = "".join("%-10d" % tens for tens in range(0, length, 10)).rstrip()
    text = ["%s  %s" % ("cycle".ljust(width), ruler)]
    for row, (name, events, letters) in enumerate(ROWS):
        count, drawing = 0, ""
        for line in lines[:length]:
            if line[row] == "1":
                drawing += letters[count // events]
                count += 1
            else:
                drawing += "."
        if count != events * len(letters):
            sys.exit("timeline: %s: %d events, expected %d" % (name, count, events * len(letters)))
        text.append("%s  %s" % (name.ljust(width), drawing))
    return "```\n%s\n```\n" % "\n".join(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-I", dest="includes", action="append", default=[])
    parser.add_argument("--check")
    parser.add_argument("--update")
    options = parser.parse_args()
    drawing = draw(simulate(options.includes))
    page = options.check or options.update
    if not page:
        print(drawing, end="")
        return
    with open(page, encoding="utf-8") as file:
        text = file.read()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit("timeline: %s: expected one %s and one %s" % (page, BEGIN.strip(), END.strip()))
    head, rest = text.split(BEGIN)
    now, tail = rest.split(END)
    if options.update:
        with open(page, "w", encoding="utf-8") as file:
            file.write(head + BEGIN + drawing + END + tail)
    elif now != drawing:
        sys.exit("timeline: %s is out of date (timeline.py --update); now\n%s" % (page, drawing))


if __name__ == "__main__":
    main()
