#!/usr/bin/env python3
"""FuseSoC generator of nncc_core.core: the headers of a configuration.

FuseSoC calls it with a file that names the checkout and the parameter `config`, and
takes the core file that it writes to the current folder.
"""
import os
import re
import shutil
import subprocess
import sys


def value(text, key):
    """Of `key: value` on a line of its own; FuseSoC writes no other form for a text."""
    match = re.search(r"^\s*%s:\s*['\"]?([^'\"\n]+?)['\"]?\s*$" % key, text, re.M)
    if not match:
        sys.exit("headers: no parameter '%s'" % key)
    return match.group(1)


def find_build(hw):
    """A build folder with the tools and the header of the instruction set."""
    folders = [os.environ.get("NNCC_BUILD"), os.path.join(os.path.dirname(hw), "build")]
    for folder in folders:
        if folder and os.path.exists(os.path.join(folder, "bin", "nncc-arch")):
            return folder
    sys.exit("headers: no bin/nncc-arch in %s; build nncc with scripts/setup, or set NNCC_BUILD "
             "to its build folder" % " or ".join(folder for folder in folders if folder))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    hw = value(text, "files_root")
    config = value(text, "config")
    build = find_build(hw)
    described = os.path.join(hw, "configs", config + ".json")
    subprocess.run(
        [os.path.join(build, "bin", "nncc-arch"), "--verilog",
         described if os.path.exists(described) else config, "-o", "nncc_config.vh"],
        check=True,
    )
    shutil.copy(os.path.join(build, "include", "nncc", "ISA", "nncc_isa.vh"), ".")
    with open("headers.core", "w", encoding="utf-8") as core:
        core.write("""CAPI=2:
name: %s
filesets:
  headers:
    files:
      - nncc_config.vh: {is_include_file: true}
      - nncc_isa.vh: {is_include_file: true}
    file_type: verilogSource
targets:
  default:
    filesets: [headers]
""" % value(text, "vlnv"))


if __name__ == "__main__":
    main()
