#!/usr/bin/env python3
"""Runs the whole core under Icarus Verilog and compares with the simulator.

    core_icarus.py -I FOLDER... network MODEL.onnx CALIBRATION.npy|random INPUT.npy|random
    core_icarus.py -I FOLDER... random --seeds 1-20

The -I folders hold nncc_isa.vh and the nncc_config.vh of the architecture (--arch).
network: compiled with --keep-intermediates, so that every byte of every layer is in the
memory that is compared. random: legal programs of random instructions on a memory that
stalls at random. Icarus knows undefined values: one that reaches the memory is a
difference. A failing program's files stay in --folder, with the command that runs it.
"""
import argparse
import os
import subprocess
import sys
import time

import numpy as np

from core_network import random_input, run

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
RTL = os.path.join(ROOT, "hw", "rtl")
BENCH = os.path.join(ROOT, "hw", "tb", "icarus")


def compile_testbench(options):
    path = os.path.join(options.folder, "core.vvp")
    run(["iverilog", "-g2005", "-o", path, "-s", "core_tb", "-y", BENCH, "-y", RTL, "-I", RTL]
        + ["-I" + folder for folder in options.includes]
        + [os.path.join(BENCH, "core_tb.v")])
    return path


def config_header(options):
    for folder in options.includes:
        path = os.path.join(folder, "nncc_config.vh")
        if os.path.exists(path):
            return path
    sys.exit("no -I folder has nncc_config.vh")


def simulate(options, testbench, name, folder, plusargs):
    """Runs a job; prints a line, returns a message about what differs."""
    with open(os.path.join(folder, "plusargs"), encoding="utf-8") as file:
        command = ["vvp", "-n", testbench] + file.read().split("\n")[:-1] + plusargs
    dump = os.path.join(folder, "dump.hex")
    if os.path.exists(dump):
        os.remove(dump)
    begin = time.monotonic()
    lines = run(command).strip().split("\n")
    seconds = time.monotonic() - begin
    problem = None
    if not lines[-1].startswith("PASS "):
        problem = "; ".join(lines)
    else:
        result = subprocess.run([options.core_job, "check", folder], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)
        if result.returncode:
            problem = result.stdout.strip()
    if problem:
        return "%s: %s\n    again: %s; %s check %s" % (
            name, problem, " ".join(command), options.core_job, folder)
    print("%s: %s cycles in %.0f s, %s" % (name, lines[-1].split()[1], seconds,
                                           result.stdout.strip()))
    sys.stdout.flush()
    return None


def check_network(options, testbench):
    name = os.path.splitext(os.path.basename(options.model))[0]
    folder = os.path.join(options.folder, name)
    os.makedirs(folder, exist_ok=True)
    arrays = {}
    for which, given, count in (("calibration", options.calibration, 8),
                                ("input", options.input, 1)):
        data = random_input(options.model, count) if given == "random" else np.load(given)
        arrays[which] = os.path.join(folder, which + ".npy")
        np.save(arrays[which], data if which == "calibration" else data[:1])
    program = os.path.join(folder, "program.bin")
    run([options.nncc, options.model, "--calibration=" + arrays["calibration"],
         "--arch=" + options.arch, "--keep-intermediates", "-o", program])
    run([options.core_job, "network", program, folder, arrays["input"]])
    problem = simulate(options, testbench, name, folder, [])
    return [problem] if problem else []


def check_random(options, testbench):
    first, last = [int(text) for text in options.seeds.split("-")]
    problems = []
    for seed in range(first, last + 1):
        folder = os.path.join(options.folder, "seed-%d" % seed)
        run([options.core_job, "random", config_header(options), str(seed), str(options.count),
             folder])
        problem = simulate(options, testbench, "seed %d" % seed, folder,
                           ["+stall=%d" % (seed * 7 % 70), "+seed=%d" % seed])
        if problem:
            problems.append(problem)
        else:
            for file in os.listdir(folder):
                os.remove(os.path.join(folder, file))
            os.rmdir(folder)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-I", dest="includes", action="append", required=True)
    parser.add_argument("--nncc", default="nncc")
    parser.add_argument("--core-job", default="core-job")
    parser.add_argument("--arch", default="tiny")
    parser.add_argument("--folder", default="core_icarus")
    commands = parser.add_subparsers(dest="command", required=True)
    network = commands.add_parser("network")
    network.add_argument("model")
    network.add_argument("calibration")
    network.add_argument("input")
    programs = commands.add_parser("random")
    programs.add_argument("--seeds", default="1-20", help="FIRST-LAST")
    programs.add_argument("--count", type=int, default=40, help="instructions of a program")
    options = parser.parse_args()
    options.folder = os.path.abspath(options.folder)
    os.makedirs(options.folder, exist_ok=True)
    testbench = compile_testbench(options)
    check = check_network if options.command == "network" else check_random
    problems = check(options, testbench)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
