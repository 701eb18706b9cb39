"""Where a probe died: from the raw state of the dying thread to the libc function that the probe had called.

A signal's number alone says little: musl's deliberate `hlt`, a NULL pointer and a full stack are all SIGSEGV.
And the nearest exported symbol lies: musl's `free` is a jump to a hidden function far away. So the stack is
unwound to the probe's own call, whose target is known by name.
"""

from conformance.crash.dump import CrashDump, decode_registers
from conformance.crash.site import site

__all__ = ["CrashDump", "decode_registers", "site"]
