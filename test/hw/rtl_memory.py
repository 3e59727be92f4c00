#!/usr/bin/env python3
"""Runs a program with several memories: rtl_memory.py nncc-run program input folder.

The outputs must be those of the simulator, different seeds must be different memories,
and each engine's cycles must add up to those of the run.
"""
import filecmp
import json
import os
import subprocess
import sys


def run(nncc_run, program, data, out, *options):
    subprocess.run([nncc_run, program, "--input", data, "--output=" + out,
                    "--stats=" + out + ".json", *options], check=True)
    with open(out + ".json", encoding="utf-8") as file:
        return json.load(file)


def main():
    nncc_run, program, data, folder = sys.argv[1:]
    expected = os.path.join(folder, "sim")
    run(nncc_run, program, data, expected, "--device=sim")
    names = os.listdir(expected)
    assert names
    cycles = set()
    for memory in ("model", "random", "random:0", "random:2", "random:18446744073709551615"):
        out = os.path.join(folder, memory.replace(":", "_"))
        stats = run(nncc_run, program, data, out, "--device=rtl", "--memory=" + memory)
        cycles.add(stats["cycles"])
        for name in names:
            same = filecmp.cmp(os.path.join(expected, name), os.path.join(out, name),
                               shallow=False)
            assert same, "%s: output %s differs" % (memory, name)
        for name, engine in stats["engines"].items():
            total = engine["busy"] + sum(engine["waiting"].values())
            assert total == stats["cycles"], "%s: %s counts %d cycles" % (memory, name, total)
            # What the hardware counts as busy is not there as something else.
            assert not {"memory", "drain", "overhead"} & set(engine["waiting"])
    assert len(cycles) >= 4, "the memories are the same: cycles %s" % sorted(cycles)


if __name__ == "__main__":
    main()
