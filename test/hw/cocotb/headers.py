"""The generated Verilog headers: sizes of a configuration, encoding of instructions."""
import os
import re

HEADER_FIELDS = ("OPCODE", "ENGINE", "WAIT", "POST", "FENCE")
INSTRUCTION_BYTES = 64


def read_defines(folders, name):
    """`define lines of the header `name` in one of the folders: name to integer."""
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            break
    else:
        raise FileNotFoundError("%s is in none of: %s" % (name, ", ".join(folders)))
    with open(path, encoding="utf-8") as file:
        text = file.read()
    defines = {}
    for key, width, value in re.findall(r"^`define\s+(\w+)\s+(\d*'[hd])?([0-9a-f_]+)$", text, re.M):
        defines[key] = int(value.replace("_", ""), 16 if width.endswith("h") else 10)
    return defines


class Isa:
    """Encodes instructions as nncc_isa.vh says."""

    def __init__(self, folders):
        self.defines = read_defines(folders, "nncc_isa.vh")

    def number(self, kind, name):
        return self.defines["ISA_%s_%s" % (kind, name.upper())]

    def engines(self, names):
        """Mask of engines."""
        return sum(1 << self.number("ENGINE", name) for name in names)

    def encode(self, opcode, engine, wait=(), post=(), fence=0, **fields):
        """The instruction as an integer of 512 bits. Enumerations are given by name."""
        values = {
            "opcode": self.number("OP", opcode),
            "engine": self.number("ENGINE", engine),
            "wait": self.engines(wait),
            "post": self.engines(post),
            "fence": fence,
            **fields,
        }
        bits = 0
        for name, value in values.items():
            upper = name.upper()
            if name in ("memory", "region"):
                value = self.number(upper, value)
            prefix = "HEADER" if upper in HEADER_FIELDS else opcode.upper()
            low = self.number(prefix, name + "_LSB")
            width = self.number(prefix, name + "_WIDTH")
            if not -(1 << (width - 1)) <= value < 1 << width:
                raise ValueError("%s.%s: %d does not fit %d bits" % (opcode, name, value, width))
            bits |= (value & ((1 << width) - 1)) << low
        return bits
