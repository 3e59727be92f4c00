"""Prints which activation types two quantized graphs of the same network have in place of
each other, each pair once."""
import re
import sys


def types(path):
    with open(path, encoding="utf-8") as file:
        return re.findall(r"!quant\.uniform<i8:f32, ([-0-9.e+:]+)>", file.read())


before, after = map(types, sys.argv[1:])
assert len(before) == len(after) > 10, (len(before), len(after))
for old, new in sorted({pair for pair in zip(before, after) if pair[0] != pair[1]}):
    print("%s became %s" % (old, new))
