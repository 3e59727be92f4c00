"""The rules of AXI4 that a master keeps, watched from the wires.

The memory models check little of a master. Here every cycle is looked at: nothing is
undefined, an offer stays unchanged until it is taken, bursts are INCR of whole beats, are
no longer than they may be, and do not cross 4096 bytes, WLAST is where it belongs, and no
more bursts are under way than the parameter allows. A broken rule fails the test.
"""
from collections import deque

PAGE = 4096
INCR = 1


class RuleError(Exception):
    """A broken rule: the channel and what is wrong."""


class Channel:
    """One channel: `sample` in every cycle."""

    def __init__(self, dut, prefix, name, payload):
        self.name = "%s_%s" % (prefix, name)
        self.valid = getattr(dut, self.name + "valid")
        self.ready = getattr(dut, self.name + "ready")
        self.payload = {field: getattr(dut, self.name + field) for field in payload}
        self.fresh = False  # this cycle is the first of an offer
        self.clear()

    def clear(self):
        self.waiting = None  # the payload that is offered and not taken

    def check(self, condition, text, *values):
        if not condition:
            raise RuleError("%s: %s" % (self.name, text % values))

    def bit(self, handle):
        text = handle.value.binstr
        self.check(text in ("0", "1"), "%s is %s", handle._name, text)
        return text == "1"

    def sample(self):
        """The payload of a transfer in this cycle, as binary text; or None."""
        self.fresh = False
        ready = self.bit(self.ready)
        if not self.bit(self.valid):
            self.check(self.waiting is None, "valid fell before ready")
            return None
        payload = {field: handle.value.binstr for field, handle in self.payload.items()}
        if self.waiting is None:
            self.fresh = True
        else:
            self.check(payload == self.waiting, "offered %s, then %s", self.waiting, payload)
        self.waiting = None if ready else payload
        return payload if ready else None

    def numbers(self, payload):
        for field, text in payload.items():
            self.check(set(text) <= {"0", "1"}, "%s is %s", field, text)
        return {field: int(text, 2) for field, text in payload.items()}


class Burst:
    """A burst that is under way."""

    def __init__(self, fields):
        self.id = fields["id"]
        self.address = fields["addr"]
        self.beats = fields["len"] + 1
        self.done = 0


class Rules:
    """What both directions share: the address channel, the count of bursts."""

    def __init__(self, dut, prefix, letter, max_burst, outstanding, data):
        self.reset = dut.rst
        self.address = Channel(dut, prefix, letter, ("id", "addr", "len", "size", "burst"))
        self.max_burst = max_burst
        self.limit = outstanding
        self.bytes = data // 8
        self.peak = 0  # most bursts under way at once, for an ID
        self.count = 0  # bursts that were taken
        self.addresses = []  # of those
        self.closed = False  # nothing may be offered any more
        self.resets = 0  # cycles of reset
        self.restart()

    def step(self):
        """To be called in every cycle, at the edge of the clock."""
        if self.reset.value.binstr == "0":
            self.resets = 0
            self.cycle()
            return
        # A synchronous reset is seen from the second cycle on.
        if self.resets > 0:
            self.check_reset()
        self.resets += 1
        self.restart()

    def new_burst(self, payload):
        """A burst that was taken, after its checks."""
        check = self.address.check
        fields = self.address.numbers(payload)
        burst = Burst(fields)
        size = burst.beats * self.bytes
        check(fields["burst"] == INCR, "burst type %d", fields["burst"])
        check(1 << fields["size"] == self.bytes, "size %d", fields["size"])
        check(burst.address % self.bytes == 0, "%#x is not aligned", burst.address)
        check(burst.beats <= self.max_burst, "%d beats", burst.beats)
        check(
            burst.address // PAGE == (burst.address + size - 1) // PAGE,
            "%d beats at %#x cross 4096 bytes",
            burst.beats,
            burst.address,
        )
        self.count += 1
        self.addresses.append(burst.address)
        return burst

    def check_open(self):
        self.address.check(
            not (self.closed and self.address.fresh), "a burst is offered after the stop"
        )

    def check_limit(self, under_way):
        self.peak = max(self.peak, under_way)
        self.address.check(under_way <= self.limit, "%d bursts are under way", under_way)


class ReadRules(Rules):
    """Watches a read port; `outstanding` holds for each ID."""

    def __init__(self, dut, prefix, max_burst, outstanding, data):
        self.data = Channel(dut, prefix, "r", ("id", "data", "resp", "last"))
        self.beats = 0
        super().__init__(dut, prefix, "ar", max_burst, outstanding, data)

    def restart(self):
        self.address.clear()
        self.data.clear()
        self.bursts = {}  # deques by ID
        self.closed = False

    def check_reset(self):
        self.address.check(not self.address.bit(self.address.valid), "valid in reset")

    def quiet(self):
        return not any(self.bursts.values()) and self.address.waiting is None

    def cycle(self):
        payload = self.address.sample()
        self.check_open()
        beat = self.data.sample()
        if beat is not None:
            fields = self.data.numbers(beat)
            bursts = self.bursts.get(fields["id"])
            self.data.check(bursts, "a beat of ID %d that nobody asked for", fields["id"])
            burst = bursts[0]
            burst.done += 1
            self.beats += 1
            self.data.check(
                fields["last"] == (burst.done == burst.beats), "last at beat %d", burst.done
            )
            if fields["last"]:
                bursts.popleft()
        if payload is not None:
            burst = self.new_burst(payload)
            bursts = self.bursts.setdefault(burst.id, deque())
            bursts.append(burst)
            self.check_limit(len(bursts))


class WriteRules(Rules):
    """Watches a write port, whose responses come in order."""

    def __init__(self, dut, prefix, max_burst, outstanding, data):
        self.data = Channel(dut, prefix, "w", ("data", "strb", "last"))
        self.response = Channel(dut, prefix, "b", ("id", "resp"))
        self.beats = 0
        self.empty_beats = 0  # those without strobes
        super().__init__(dut, prefix, "aw", max_burst, outstanding, data)

    def restart(self):
        self.address.clear()
        self.data.clear()
        self.response.clear()
        self.unanswered = deque()  # bursts whose address was taken
        self.lengths = deque()  # of those whose data has not ended
        self.early = deque()  # lengths of data that ended before its address was taken
        self.done = 0  # beats of the current burst
        self.whole = 0  # bursts with all data and no response
        self.closed = False

    def check_reset(self):
        for channel in (self.address, self.data):
            channel.check(not channel.bit(channel.valid), "valid in reset")

    def quiet(self):
        return not (self.unanswered or self.early or self.done) and self.address.waiting is None

    def cycle(self):
        payload = self.address.sample()
        self.check_open()
        beat = self.data.sample()
        response = self.response.sample()
        if response is not None:
            fields = self.response.numbers(response)
            self.response.check(self.whole > 0 and self.unanswered, "nothing to answer")
            self.response.check(fields["id"] == self.unanswered.popleft().id, "wrong ID")
            self.whole -= 1
        if payload is not None:
            burst = self.new_burst(payload)
            self.unanswered.append(burst)
            self.check_limit(len(self.unanswered))
            if self.early:
                self.check_length(self.early.popleft(), burst.beats)
            else:
                self.lengths.append(burst.beats)
        if beat is not None:
            self.new_beat(beat)

    def new_beat(self, beat):
        strobes = beat["strb"]
        self.data.check(strobes in ("0" * self.bytes, "1" * self.bytes), "strobes %s", strobes)
        self.data.check(beat["last"] in ("0", "1"), "last is %s", beat["last"])
        if strobes[0] == "1":
            self.data.numbers(beat)
        else:
            self.empty_beats += 1
        self.beats += 1
        self.done += 1
        # Data may come before its address is taken.
        if self.lengths:
            self.data.check(self.done <= self.lengths[0], "no last at beat %d", self.done)
        if beat["last"] == "1":
            if self.lengths:
                self.check_length(self.done, self.lengths.popleft())
            else:
                self.early.append(self.done)
            self.done = 0
            self.whole += 1

    def check_length(self, actual, expected):
        self.data.check(actual == expected, "last at beat %d of %d", actual, expected)


class LiteRules:
    """Watches the slave of an AXI4-Lite port."""

    def __init__(self, dut, prefix):
        self.reset = dut.rst
        self.requests = [
            Channel(dut, prefix, "aw", ("addr",)),
            Channel(dut, prefix, "w", ("data", "strb")),
            Channel(dut, prefix, "ar", ("addr",)),
        ]
        self.writes = Channel(dut, prefix, "b", ("resp",))
        self.reads = Channel(dut, prefix, "r", ("data", "resp"))
        self.open = [0, 0, 0]  # requests without a response

    def step(self):
        """To be called in every cycle, at the edge of the clock."""
        if self.reset.value.binstr != "0":
            self.open = [0, 0, 0]
            for channel in self.requests + [self.writes, self.reads]:
                channel.clear()
            return
        # A response does not come in the cycle of its request.
        for channel, numbers in ((self.writes, (0, 1)), (self.reads, (2,))):
            response = channel.sample()
            if channel.fresh:
                channel.check(all(self.open[i] > 0 for i in numbers), "nothing to answer")
            if response is not None:
                for number in numbers:
                    self.open[number] -= 1
        for number, channel in enumerate(self.requests):
            if channel.sample() is not None:
                self.open[number] += 1
