"""Makes folders of pictures for the tests of messages."""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "e2e"))
from picture_files import make_picture, write_bmp, write_png, write_ppm  # noqa: E402

root = sys.argv[1]
picture = make_picture(np.random.default_rng(1), 12, 10)
for folder in ("good", "mixed", "empty", "text", "huge", "cut", "webp"):
    os.makedirs(os.path.join(root, folder))


def path(*parts):
    return os.path.join(root, *parts)


write_ppm(path("good", "a.ppm"), picture)
write_png(path("good", "b.PNG"), picture)
write_bmp(path("good", "c.bmp"), picture)
with open(path("good", "._a.jpg"), "w") as file:
    file.write("what some systems leave beside a file")
write_ppm(path("mixed", "a.ppm"), picture)
np.save(path("mixed", "image.npy"), np.zeros((1, 8, 8, 1), np.uint8))
with open(path("text", "a.jpg"), "w") as file:
    file.write("no picture")
with open(path("huge", "a.pgm"), "wb") as file:
    file.write(b"P5 60000 60000 255\n\0")
write_png(path("cut", "a.png"), picture)
with open(path("cut", "a.png"), "r+b") as file:
    file.truncate(120)
with open(path("webp", "a.webp"), "wb") as file:
    file.write(b"RIFF")
np.save(path("bytes.npy"), np.full((3, 8, 8, 1), 200, np.uint8))
np.save(path("floats.npy"), np.full((3, 8, 8, 1), 0.5, np.float32))
np.save(path("chw.npy"), np.full((3, 1, 8, 8), 0.5, np.float32))
with open(path("labels.tsv"), "w") as file:
    file.write("file\tclass_index\tname\na.ppm\t1\tone\nb.PNG\t2\ttwo\nc.bmp\t0\tzero\n")
with open(path("names.txt"), "w") as file:
    file.write("".join("digit %d\n" % i for i in range(10)))
