"""Runs tools on hostile input and checks how they take it.

A case is a function with a `Case`, in which it makes its files. It calls a tool in one
of three ways: `refuse` (the input is wrong), `accept` (it is right: a control, so that a
tool which refuses everything does not pass), `survive` (damage at a random place, which
may be harmless: either of the two).

What a refusal has to be, for every call:
  - exit status 1, by a normal return: no signal, no sanitizer report;
  - exactly one line 'TOOL: error: ...', with the key words; notes and warnings may
    stand beside it, anything else may not; nothing on standard output;
  - no new or changed file, neither an output nor a temporary one;
  - within the bounds on time and memory.
"""
import os
import re
import resource
import shutil
import signal
import subprocess
import time

# Wall seconds and peak MiB of one call; sanitizers take a multiple of both. The
# backstop protects the machine from what a test is there to find.
SECONDS, MEBIBYTES, BACKSTOP = 30, 768, 16 << 30
SANITIZER_FACTOR = 5
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "exitcode=86:abort_on_error=0:allocator_may_return_null=1:"
                    "max_allocation_size_mb=16384:hard_rss_limit_mb=8192",
    "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=86",
}
CRASH = re.compile(r"Sanitizer|runtime error:|Assertion|Stack dump|terminate called|"
                   r"PLEASE submit|a bug of nncc|LLVM ERROR|UNREACHABLE")

registry = []


def case(group, name):
    """Registers a function as a case."""
    def register(function):
        registry.append((group, name, function))
        return function
    return register


class Failure(Exception):
    """A tool did not behave; the message has the call and what it printed."""


class Result:
    """What a call did."""

    def __init__(self, tool, arguments, status, usage, seconds, stdout, stderr):
        self.tool, self.arguments = tool, arguments
        self.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        self.code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        self.seconds, self.mebibytes = seconds, usage.ru_maxrss / 1024
        self.stdout, self.stderr = stdout, stderr

    def lines(self, severity):
        prefix = "%s: %s:" % (self.tool, severity)
        return [line for line in self.stderr.split("\n") if line.startswith(prefix)]


class Tools:
    """The tools under test."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "nncc-run"), "rb") as file:
            self.sanitized = b"__asan_init" in file.read()
        factor = SANITIZER_FACTOR if self.sanitized else 1
        self.seconds, self.mebibytes = SECONDS * factor, MEBIBYTES * factor
        self.calls, self.worst_seconds, self.worst_mebibytes = 0, 0, 0

    def run(self, tool, arguments, folder, address_space=None):
        environment = dict(os.environ, TMPDIR=folder, LC_ALL="C", TERM="dumb")
        if self.sanitized:
            # What the caller sets comes last and wins.
            for name, value in SANITIZER_OPTIONS.items():
                environment[name] = ":".join([value, os.environ.get(name, "")]).rstrip(":")

        def limit():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if not self.sanitized:  # a shadow memory takes terabytes of addresses
                bytes = address_space or BACKSTOP
                resource.setrlimit(resource.RLIMIT_AS, (bytes, bytes))

        outputs = [os.path.join(os.path.dirname(folder), name) for name in ("stdout", "stderr")]
        command = [os.path.join(self.folder, tool)] + [str(a) for a in arguments]
        begin = time.monotonic()
        with open(outputs[0], "wb") as out, open(outputs[1], "wb") as err:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                     cwd=folder, env=environment, preexec_fn=limit)
        try:
            status, usage = wait(child.pid, begin + self.seconds)
        finally:
            child.returncode = 0  # it has been waited for
        seconds = time.monotonic() - begin
        text = []
        for path in outputs:
            with open(path, errors="backslashreplace") as file:
                text.append(file.read(16 << 20))
            os.unlink(path)
        result = Result(tool, arguments, status, usage, seconds, *text)
        self.calls += 1
        self.worst_seconds = max(self.worst_seconds, seconds)
        self.worst_mebibytes = max(self.worst_mebibytes, result.mebibytes)
        return result


def wait(pid, deadline):
    """Status and resources of a child; one that takes too long is killed."""
    pause = 0.001
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
            return status, usage
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)


def snapshot(folder):
    """Every file below a folder, with what tells a change. An empty folder is none."""
    found = {}
    for base, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(base, name)
            status = os.lstat(path)
            found[os.path.relpath(path, folder)] = (
                status.st_ino, status.st_size, status.st_mtime_ns)
    return found


class Case:
    """A folder of its own, a random generator of its own, and the tools."""

    def __init__(self, name, tools, folder, random, shared):
        self.name, self.tools, self.folder = name, tools, folder
        self.random, self.shared = random, shared
        self.refused = self.accepted = 0
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        """Writes bytes, text, or an ONNX model, in place of what was there."""
        if isinstance(content, str):
            content = content.encode()
        elif not isinstance(content, (bytes, bytearray)):
            content = content.SerializeToString()
        with open(self.path(name), "wb") as file:
            file.write(content)
        return name

    def refuse(self, tool, *arguments, has=(), **options):
        result, before = self.call(tool, arguments, options)
        self.check_refusal(result, before, [has] if isinstance(has, str) else has)
        return result

    def accept(self, tool, *arguments, makes=(), **options):
        for name in makes:
            self.remove(name)
        result, _ = self.call(tool, arguments, options)
        self.check_success(result)
        for name in makes:
            if not os.path.exists(self.path(name)):
                self.fail(result, "it made no %s" % name)
        return result

    def survive(self, tool, *arguments, makes=(), **options):
        """Returns whether the tool took the input."""
        for name in makes:
            self.remove(name)
        result, before = self.call(tool, arguments, options)
        if result.code != 0:
            self.check_refusal(result, before, [])
            return False
        self.check_success(result)
        return True

    def remove(self, name):
        path = self.path(name)
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.unlink(path)

    def call(self, tool, arguments, options):
        before = snapshot(self.folder)
        result = self.tools.run(tool, arguments, self.folder, **options)
        if result.signal == signal.SIGKILL and result.seconds >= self.tools.seconds:
            self.fail(result, "it took more than %d s" % self.tools.seconds)
        if result.signal is not None:
            self.fail(result, "it ended by signal %d" % result.signal)
        if CRASH.search(result.stderr):
            self.fail(result, "it crashed")
        if result.mebibytes > self.tools.mebibytes:
            self.fail(result, "it took %d MiB, more than %d"
                      % (result.mebibytes, self.tools.mebibytes))
        return result, before

    def check_success(self, result):
        if result.code != 0 or result.lines("error"):
            self.fail(result, "expected success, got exit status %s" % result.code)
        self.accepted += 1

    def check_refusal(self, result, before, words):
        if result.code != 1:
            self.fail(result, "expected exit status 1, got %s" % result.code)
        errors = result.lines("error")
        if len(errors) != 1:
            self.fail(result, "expected one line '%s: error:', got %d"
                      % (result.tool, len(errors)))
        lines = result.stderr.split("\n")[:-1]
        known = [line for line in lines if re.match(
            # The last is LLVM's for a value that an option does not take.
            re.escape(result.tool) + ": (error|note|warning|for the --)", line)]
        if lines != known or not result.stderr.endswith("\n"):
            self.fail(result, "a line is neither error nor note")
        for word in words:
            if word not in result.stderr:
                self.fail(result, "expected the words '%s'" % word)
        if result.stdout:
            self.fail(result, "it wrote to standard output: %r" % result.stdout[:200])
        after = snapshot(self.folder)
        if after != before:
            changed = sorted(k for k in set(after) | set(before) if after.get(k) != before.get(k))
            self.fail(result, "it left behind or changed %s" % ", ".join(changed))
        self.refused += 1

    def fail(self, result, why):
        raise Failure("%s\n  folder: %s\n  call: %s %s\n  exit status %s, signal %s, %.1f s, "
                      "%d MiB\n%s" % (why, self.folder, result.tool,
                                      " ".join(str(a) for a in result.arguments), result.code,
                                      result.signal, result.seconds, result.mebibytes,
                                      result.stderr[:6000]))
