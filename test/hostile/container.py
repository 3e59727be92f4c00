"""Where things lie in a program file, so that damage can be aimed and covered up.

Follows include/nncc/Program/Program.fbs; a file is a FlatBuffer `Container` whose payload
is a FlatBuffer `Program`.
"""
import struct
import zlib

# Fields in the order of the schema. A number is the bytes of a scalar or struct, "text"
# and ("list", bytes of an element) are stored elsewhere, a list is a vector of tables, a
# tuple ("table", fields) is one.
TENSOR = [("name", "text"), ("type", 1), ("shape", ("list", 4)), ("layout", 1), ("region", 1),
          ("offset", 4), ("bytes", 4), ("row_pitch", 4), ("channels", ("list", 4)), ("scale", 8),
          ("zero_point", 4), ("bits", 1)]
HOST_OP = [("kind", 1), ("name", "text"), ("inputs", ("list", 4)), ("outputs", ("list", 4)),
           ("axis", 4), ("keep_dims", 1), ("select_last_index", 1), ("fill", 4)]
PICTURE = [("pixels", 1), ("resize", 4), ("stretch", 1), ("mean", ("list", 8)),
           ("std", ("list", 8))]
LAYER = [("name", "text"), ("kind", "text"), ("engine", "text"), ("reason", "text"), ("macs", 8),
         ("tile", "text")]
ARCH_FIELD = [("name", "text"), ("value", 4)]
PROGRAM = [("compiler", "text"), ("arch_name", "text"), ("arch_fingerprint", 8),
           ("arch", ARCH_FIELD), ("isa_version", 4), ("instructions", ("list", 1)),
           ("constants", ("list", 1)), ("regions", 32), ("tensors", TENSOR),
           ("inputs", ("list", 4)), ("outputs", ("list", 4)), ("prologue", HOST_OP),
           ("epilogue", HOST_OP), ("layers", LAYER), ("instruction_layers", ("list", 4)),
           ("workspace_map", ("list", 4)), ("picture", ("table", PICTURE))]


def u16(data, at):
    return struct.unpack_from("<H", data, at)[0]


def u32(data, at):
    return struct.unpack_from("<I", data, at)[0]


def follow(data, at):
    return at + u32(data, at)


class Table:
    """A table, of which one knows the schema."""

    def __init__(self, data, at, schema=()):
        self.data, self.at, self.schema = data, at, schema
        self.vtable = at - struct.unpack_from("<i", data, at)[0]

    def slot(self, index):
        """Position of a field in the table, or None when it has its default."""
        if 4 + 2 * index >= u16(self.data, self.vtable):
            return None
        offset = u16(self.data, self.vtable + 4 + 2 * index)
        return self.at + offset if offset else None

    def field(self, name):
        return self.slot([known for known, _ in self.schema].index(name))

    def tables(self, name):
        """The elements of a vector of tables."""
        schema = dict(self.schema)[name]
        vector = follow(self.data, self.field(name))
        return [Table(self.data, follow(self.data, vector + 4 + 4 * i), schema)
                for i in range(u32(self.data, vector))]

    def table(self, name):
        """The table that a field refers to."""
        return Table(self.data, follow(self.data, self.field(name)), dict(self.schema)[name][1])

    def own(self):
        """Byte ranges of the table and its vtable."""
        return [(self.vtable, self.vtable + u16(self.data, self.vtable)),
                (self.at, self.at + u16(self.data, self.vtable + 2))]

    def ranges(self, name):
        """Byte ranges that hold a field, the length of a list included."""
        at, kind = self.field(name), dict(self.schema)[name]
        if at is None:
            return []
        if isinstance(kind, int):
            return [(at, at + kind)]
        target = follow(self.data, at)
        if kind[0] == "table":
            inner = self.table(name)
            return [(at, at + 4)] + inner.own() + [
                place for field, _ in inner.schema for place in inner.ranges(field)]
        size = 1 if kind == "text" else kind[1] if isinstance(kind, tuple) else 4
        found = [(at, at + 4), (target, target + 4 + size * u32(self.data, target))]
        if isinstance(kind, list):
            for table in self.tables(name):
                found += table.own()
                for inner, _ in kind:
                    found += table.ranges(inner)
        return found


class Container:
    """A program file that can be changed."""

    def __init__(self, file):
        self.file = bytearray(file)
        outer = Table(self.file, follow(self.file, 0))
        self.version_at, self.checksum_at = outer.slot(0), outer.slot(1)
        vector = follow(self.file, outer.slot(2))
        self.begin, self.size = vector + 4, u32(self.file, vector)

    def payload(self):
        return self.file[self.begin:self.begin + self.size]

    def program(self):
        """The root table; positions are those of the payload."""
        payload = self.payload()
        return Table(payload, follow(payload, 0), PROGRAM)

    def with_payload(self, payload):
        """The file with other bytes for the payload and the checksum that fits them."""
        file = bytearray(self.file)
        file[self.begin:self.begin + self.size] = payload
        struct.pack_into("<I", file, self.checksum_at, zlib.crc32(payload))
        return bytes(file)

    def changed(self, at, content):
        payload = self.payload()
        payload[at:at + len(content)] = content
        return self.with_payload(payload)
