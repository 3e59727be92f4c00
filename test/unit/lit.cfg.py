# GoogleTest executables: those of build/test/unit whose name ends in "Tests".
import os

import lit.formats

config.name = "nncc-unit"
config.suffixes = []
config.test_source_root = os.path.join(config.nncc_obj_root, "test", "unit")
config.test_exec_root = config.test_source_root
config.test_format = lit.formats.GoogleTest(".", "Tests")

for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
