#!/usr/bin/env python3
"""Runs the tests of a bench with Icarus.

    run.py load|save|core -I build/include/nncc/ISA -I build/hw/tiny
           [--folder F] [--seed N|FIRST..LAST] [--long] [--test NAME] [--waves]

A seed gives the same run again. --long tries more; --waves writes an .fst file.
"""
import argparse
import os
import sys
import warnings

HERE = os.path.dirname(os.path.realpath(__file__))
RTL = os.path.join(HERE, "..", "..", "..", "hw", "rtl")

# Parameters of the module under test; none: those of the configuration.
USUAL = {
    "load": [
        {"V": 8, "DATA": 64, "OUTSTANDING": 4},
        {"V": 16, "DATA": 32, "OUTSTANDING": 3},
    ],
    "save": [
        {"V": 8, "DATA": 64, "OUTSTANDING": 4},
        {"V": 16, "DATA": 32, "OUTSTANDING": 3},
    ],
    "core": [{}],
}
MORE = {
    "load": [
        {"V": 16, "DATA": 64, "OUTSTANDING": 8},
        {"V": 16, "DATA": 128, "OUTSTANDING": 1},
        {"V": 8, "DATA": 32, "OUTSTANDING": 2, "MAX_BURST": 64},
    ],
    "save": [
        {"V": 16, "DATA": 64, "OUTSTANDING": 8},
        {"V": 16, "DATA": 128, "OUTSTANDING": 1},
        {"V": 8, "DATA": 32, "OUTSTANDING": 2, "MAX_BURST": 64},
    ],
    "core": [],
}


def build(options, parameters):
    """Compiles the bench; the runner and its folder."""
    # Says that it is experimental.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from cocotb.runner import get_runner

    name = "_".join([options.bench] + ["%s%d" % item for item in parameters.items()])
    folder = os.path.join(os.path.abspath(options.folder), name)
    top = options.bench + "_top"
    runner = get_runner("icarus")
    runner.build(
        sources=[os.path.join(HERE, top + ".v")],
        hdl_toplevel=top,
        includes=[RTL] + options.includes,
        build_args=["-g2005", "-y", RTL],
        parameters=parameters,
        build_dir=folder,
        timescale=("1ns", "1ns"),
        waves=options.waves,
        always=True,
    )
    return runner, folder


def run(options, runner, folder, seed):
    """Number of tests, number of those that failed."""
    from cocotb.runner import get_results

    results = runner.test(
        test_module=options.bench + "_tests",
        hdl_toplevel=options.bench + "_top",
        build_dir=folder,
        testcase=options.test,
        seed=seed,
        waves=options.waves,
        extra_env={
            "NNCC_SEED": str(seed),
            "NNCC_LONG": "1" if options.long else "0",
            "NNCC_HEADERS": os.pathsep.join(os.path.abspath(path) for path in options.includes),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )
    return get_results(results)


def parse_seeds(text):
    first, _, last = text.partition("..")
    return range(int(first), int(last or first) + 1)


def main():
    parser = argparse.ArgumentParser(description="Runs the tests of a bench with Icarus.")
    parser.add_argument("bench", choices=sorted(USUAL))
    parser.add_argument("-I", dest="includes", action="append", default=[],
                        help="folder of generated headers")
    parser.add_argument("--folder", default="cocotb_build", help="where to build")
    parser.add_argument("--seed", dest="seeds", type=parse_seeds, default="1")
    parser.add_argument("--long", action="store_true", help="more of everything")
    parser.add_argument("--test", action="append", help="only this one")
    parser.add_argument("--waves", action="store_true")
    options = parser.parse_args()
    sets = USUAL[options.bench] + (MORE[options.bench] if options.long else [])
    failed = []
    for parameters in sets:
        runner, folder = build(options, parameters)
        for seed in options.seeds:
            name = "%s %s seed %d" % (options.bench, parameters, seed)
            print(name, flush=True)
            tests, failures = run(options, runner, folder, seed)
            if tests == 0 or failures != 0:
                failed.append("%s: %d of %d tests failed" % (name, failures, tests))
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
