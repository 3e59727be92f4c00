"""Pictures for the tests, and what nncc should make of them, in NumPy."""
import os
import struct
import zlib

import numpy as np


def make_picture(rng, height, width):
    """A smooth picture with some noise, uint8 [height, width, 3]."""
    coarse = rng.integers(0, 256, (height // 8 + 2, width // 8 + 2, 3))
    rows, columns = np.arange(height) / 8, np.arange(width) / 8
    y, x = rows.astype(int), columns.astype(int)
    fy, fx = (rows - y)[:, None, None], (columns - x)[None, :, None]
    smooth = ((1 - fy) * ((1 - fx) * coarse[y][:, x] + fx * coarse[y][:, x + 1])
              + fy * ((1 - fx) * coarse[y + 1][:, x] + fx * coarse[y + 1][:, x + 1]))
    return np.clip(smooth + rng.normal(0, 4, smooth.shape), 0, 255).round().astype(np.uint8)


def write_ppm(path, picture):
    with open(path, "wb") as file:
        file.write(b"P6\n# test\n%d %d\n255\n" % (picture.shape[1], picture.shape[0]))
        file.write(picture.tobytes())


def write_bmp(path, picture):
    height, width, _ = picture.shape
    rows = b"".join(row[:, ::-1].tobytes() + bytes(-3 * width % 4) for row in picture[::-1])
    with open(path, "wb") as file:
        file.write(struct.pack("<2sIHHI", b"BM", 54 + len(rows), 0, 0, 54))
        file.write(struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(rows), 0, 0, 0, 0))
        file.write(rows)


def write_png(path, picture):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data))

    height, width, _ = picture.shape
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n"
                   + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


WRITERS = {".ppm": write_ppm, ".bmp": write_bmp, ".png": write_png}


def write(path, picture):
    WRITERS[os.path.splitext(path)[1]](path, picture)


def resample(picture, size, axis):
    """Bilinear along an axis; a triangle as wide as a pixel of the coarser grid."""
    old = picture.shape[axis]
    if old == size:
        return picture
    scale = old / size
    support = max(scale, 1.0)
    lines = np.moveaxis(picture, axis, 0).astype(np.int64)
    result = []
    for i in range(size):
        center = (i + 0.5) * scale
        first = int(max(center - support + 0.5, 0))
        last = min(int(center + support + 0.5), old)
        weights = np.maximum(0, 1 - np.abs((np.arange(first, last) - center + 0.5) / support))
        shares = (0.5 + weights / weights.sum() * 2**22).astype(np.int64)
        line = np.tensordot(shares, lines[first:last], 1)
        result.append(np.clip((line + 2**21) >> 22, 0, 255))
    return np.moveaxis(np.array(result, np.uint8), 0, axis)


def prepare(picture, pixels, height, width, resize=None):
    """The bytes [height, width, channels] that a program takes."""
    h, w, _ = picture.shape
    new_h, new_w = height, width
    if resize != "stretch":
        short = min(h, w)
        sizes = [(h * resize // short, w * resize // short)] if resize else []
        sizes.append((height, w * height // h) if w * height >= h * width
                     else (h * width // w, width))
        new_h, new_w = next(s for s in sizes if s[0] >= height and s[1] >= width)
    if pixels == "gray8":
        weighted = picture.astype(np.uint32) @ np.array([19595, 38470, 7471], np.uint32)
        picture = ((weighted + 0x8000) >> 16).astype(np.uint8)[:, :, None]
    elif pixels == "bgr8":
        picture = picture[:, :, ::-1]
    picture = resample(resample(picture, new_w, 1), new_h, 0)
    top, left = (new_h - height) // 2, (new_w - width) // 2
    return np.ascontiguousarray(picture[top:top + height, left:left + width])
