#!/usr/bin/env python3
"""Checks hw/nncc_core.core: it lists exactly the files of hw/rtl, and its parameters are
parameters of nncc_core. fusesoc.py hw-folder"""
import os
import re
import sys


def main():
    hw = sys.argv[1]
    with open(os.path.join(hw, "nncc_core.core"), encoding="utf-8") as file:
        text = file.read()
    assert text.startswith("CAPI=2:\n")
    listed = re.findall(r"^      - rtl/(\S+?)(: \{is_include_file: true\})?$", text, re.M)
    names = [name for name, _ in listed]
    expected = sorted(os.listdir(os.path.join(hw, "rtl")))
    sources = [name for name in expected if name.endswith((".v", ".vh"))]
    assert len(names) == len(set(names)), "a file is listed twice"
    assert sorted(names) == sources, "listed and not there: %s; there and not listed: %s" % (
        sorted(set(names) - set(sources)), sorted(set(sources) - set(names)))
    for name, included in listed:
        assert bool(included) == name.endswith(".vh"), name
    parameters = re.search(r"^parameters:\n((?:  .*\n)+)", text, re.M).group(1)
    with open(os.path.join(hw, "rtl", "nncc_core.v"), encoding="utf-8") as file:
        core = file.read()
    for name in re.findall(r"^  (\w+):$", parameters, re.M):
        assert re.search(r"\bparameter %s =" % name, core), "nncc_core has no parameter " + name


if __name__ == "__main__":
    main()
