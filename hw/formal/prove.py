#!/usr/bin/env python3
"""Proves the properties of a module in hw/rtl with Yosys' SAT solver.

    prove.py fifo              each parameter set, bounded and by induction
    prove.py --mutants fifo    each broken copy must have a counterexample
    prove.py -I build/include/nncc/ISA dispatch    a module that includes nncc_isa.vh

The properties are in nncc_<name>_formal.vh, which the module includes when FORMAL
is defined. The bounded proof starts from any state that registers and memories can
power up in; properties hold from the first reset on. Induction needs no bound. It
says "not proved" when the properties are not inductive, which is no counterexample.

A broken copy is one line of <name>.mutants: `text => other text`, replaced in the
module or, after `file: `, in that one. The text must occur exactly once.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))

# Name: the files of the design, top first, and what to prove: parameters (or macros of a
# header), cycles of the bounded proof, whether by induction too, and macros to define.
PROOFS = {
    "arbiter": (
        ["nncc_arbiter.v"],
        [
            (dict(N=1), 1, False, []),
            (dict(N=4), 1, False, []),
            (dict(N=6), 1, False, []),
        ],
    ),
    "fifo": (
        ["nncc_fifo.v"],
        [
            (dict(WIDTH=2, DEPTH=1), 12, True, []),
            (dict(WIDTH=2, DEPTH=3), 14, True, []),
            (dict(WIDTH=2, DEPTH=4), 14, True, []),
        ],
    ),
    "tokens": (
        ["nncc_tokens.v"],
        [
            (dict(LIMIT=1), 8, True, []),
            (dict(LIMIT=3), 6, True, []),
            (dict(LIMIT=6), 4, True, []),
            (dict(LIMIT=255), 4, True, []),
        ],
    ),
    "axi_split": (
        ["nncc_axi_split.v"],
        [
            (dict(ADDR=14, DATA=32, MAX_BURST=256, BEATS=11, TAG=1), 4, True, []),
            (dict(ADDR=15, DATA=64, MAX_BURST=16, BEATS=11, TAG=1), 4, True, []),
            (dict(ADDR=19, DATA=1024, MAX_BURST=256, BEATS=11, TAG=1), 4, True, []),
            (dict(ADDR=15, DATA=64, MAX_BURST=1, BEATS=11, TAG=1), 4, True, []),
        ],
    ),
    "axi_read": (
        ["nncc_axi_read.v", "nncc_axi_split.v", "nncc_fifo.v"],
        [
            (dict(ADDR=33, DATA=32, OUTSTANDING=1, BEATS=11, TAG=1), 7, True, []),
            (dict(ADDR=33, DATA=32, OUTSTANDING=2, BEATS=11, TAG=1), 6, True, []),
            (dict(ADDR=33, DATA=32, OUTSTANDING=3, BEATS=11, TAG=1), 5, True, []),
        ],
    ),
    "dispatch": (
        ["nncc_dispatch.v", "nncc_tokens.v", "nncc_fifo.v", "nncc_isa.vh"],
        [
            # What follows the header of an instruction only passes through.
            (dict(DEPTH=1, LIMIT=1, ISA_BITS=20), 7, True, []),
            (dict(DEPTH=2, LIMIT=3, ISA_BITS=20), 5, False, []),
        ],
    ),
    "feature_mem": (
        ["nncc_feature_mem.v", "nncc_arbiter.v", "nncc_select.v", "nncc_ram.v"],
        [
            (dict(V=1, WORDS=8, BANKS=4), 5, True, []),
            (dict(V=1, WORDS=6, BANKS=2), 5, True, []),
            (dict(V=1, WORDS=8, BANKS=4), 7, False, ["FORMAL_DATA"]),
        ],
    ),
}


def read_design(folders, files):
    design = {}
    for name in files:
        found = [folder for folder in folders if os.path.exists(os.path.join(folder, name))]
        if not found:
            sys.exit("no %s in %s (-I names more folders)" % (name, ", ".join(folders)))
        with open(os.path.join(found[0], name)) as source:
            design[name] = source.read()
    return design


def replace_once(text, old, new, what):
    if text.count(old) != 1:
        sys.exit("%s: %r occurs %d times, expected once" % (what, old, text.count(old)))
    return text.replace(old, new)


def with_parameters(design, top, parameters):
    """The design with other defaults in its top, or other values of macros in its
    headers. (Yosys 0.23 cannot set parameters of a top that has submodules with
    parameters.)"""
    design = dict(design)
    for name, value in parameters.items():
        count = 0
        for file in [top] + [file for file in design if file.endswith(".vh")]:
            kind = r"`define\s+%s\s+" if file.endswith(".vh") else r"parameter\s+%s\s*=\s*"
            pattern = "(%s)\\w+" % (kind % name)
            design[file], replaced = re.subn(pattern, r"\g<1>%d" % value, design[file])
            count += replaced
        if count != 1:
            sys.exit("%s has no parameter %s" % (top, name))
    return design


def yosys(design, top, macros, commands):
    module = top[: -len(".v")]
    with tempfile.TemporaryDirectory() as folder:
        script = []
        for name, text in design.items():
            with open(os.path.join(folder, name), "w") as source:
                source.write(text)
            # Submodules' own properties are proved on their own.
            formal = "-formal" if name == top else "-DSYNTHESIS"
            defines = " ".join("-D" + macro for macro in macros)
            if name.endswith(".v"):
                script.append("read_verilog %s -I. -I%s %s %s" % (formal, HERE, defines, name))
        script += [
            "hierarchy -check -top " + module,
            "proc",
            "flatten",
            "check -assert",
            "select -assert-min 1 t:$assert",
            "memory -nordff -nomap",
            "memory_map",
            "opt -fast",
        ]
        script += commands
        run = subprocess.run(
            ["yosys", "-p", "; ".join(script)],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    return run.stdout


def outcome(log, proved):
    if re.search(r"model found( for base case)?: FAIL!", log) and proved not in log:
        return "counterexample"
    if proved in log:
        return "proved"
    if "Reached maximum number of time steps -> proof failed" in log:
        return "not proved"
    return "error"


def bounded(design, top, macros, cycles):
    """From every defined state of registers and memories. Undefined values are
    modelled, so that a property may not depend on one; -set-def-inputs keeps them
    out of the inputs."""
    sat = "sat -prove-asserts -set-assumes -set-def-inputs"
    proved = "no model found: SUCCESS!"
    if cycles > 1:
        sat += " -set-init-def -tempinduct -tempinduct-baseonly -maxsteps %d" % cycles
        proved = "proved base case for %d steps: SUCCESS!" % cycles
    log = yosys(design, top, macros, [sat])
    return outcome(log, proved), log


def induction(design, top, macros):
    """With two values, what is undefined being free: in the induction step Yosys
    would let undefined values into the state as well."""
    commands = [
        "setundef -undriven -anyseq",
        "setundef -anyseq",
        "sat -prove-asserts -set-assumes -tempinduct -maxsteps 6",
    ]
    log = yosys(design, top, macros, commands)
    return outcome(log, "Induction step proven: SUCCESS!"), log


def describe(parameters, macros):
    return " ".join(["%s=%d" % item for item in parameters.items()] + macros)


def prove(name, design, files):
    """True if everything is proved."""
    good = True
    for parameters, cycles, inductive, macros in PROOFS[name][1]:
        changed = with_parameters(design, files[0], parameters)
        proofs = [("%d cycles" % cycles, bounded(changed, files[0], macros, cycles))]
        if inductive:
            proofs.append(("induction", induction(changed, files[0], macros)))
        for kind, (result, log) in proofs:
            print("%s %s: %s: %s" % (name, describe(parameters, macros), kind, result), flush=True)
            if result != "proved":
                print("\n".join(log.splitlines()[-60:]))
                good = False
    return good


def read_mutants(name, design, top):
    path = os.path.join(HERE, name + ".mutants")
    with open(path) as lines:
        for number, line in enumerate(lines, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            where = "%s:%d" % (path, number)
            match = re.match(r"(?:(\w+\.v): )?(.*) => (.*)$", line)
            if not match:
                sys.exit("%s: expected `text => other text`" % where)
            target = match.group(1) or top
            mutant = dict(design)
            mutant[target] = replace_once(design[target], match.group(2), match.group(3), where)
            yield line, mutant


def kill_mutants(name, design, files):
    """True if each broken copy has a counterexample within a bounded proof."""
    good = True
    for line, mutant in read_mutants(name, design, files[0]):
        found = None
        for parameters, cycles, _, macros in PROOFS[name][1]:
            changed = with_parameters(mutant, files[0], parameters)
            result, log = bounded(changed, files[0], macros, cycles)
            if result == "error":
                sys.exit("%s\n%s: %s" % (log, name, line))
            if result == "counterexample":
                found = describe(parameters, macros)
                break
        print("%s: %s: %s" % (name, line, "counterexample with " + found if found else "SURVIVES"),
              flush=True)
        good &= found is not None
    return good


def main():
    parser = argparse.ArgumentParser(description="Proves properties of modules of hw/rtl.")
    parser.add_argument("name", choices=sorted(PROOFS))
    parser.add_argument("--mutants", action="store_true", help="broken copies must fail")
    parser.add_argument("--rtl", default=os.path.join(HERE, "..", "rtl"),
                        help="folder of the modules")
    parser.add_argument("-I", dest="includes", action="append", default=[],
                        help="folder of generated headers")
    args = parser.parse_args()
    files = PROOFS[args.name][0]
    design = read_design([args.rtl] + args.includes, files)
    run = kill_mutants if args.mutants else prove
    sys.exit(0 if run(args.name, design, files) else 1)


if __name__ == "__main__":
    main()
