#pragma once

// What the probe (probe.cpp) looks at; each prints one fact a line.

namespace probe {

/// "NAME: allowed" if RESULT is not negative, else "NAME: " and the name of errno.
void report(const char* name, long result);

void print_calls();      // what system calls answer that the default profile refuses
void print_old_calls();  // the same through the entry for 32-bit programs; nothing on other processors than
                         // x86-64
void print_edges();      // calls that are allowed with some arguments only, and those that nobody knows

void print_writes();   // what opening files of /proc and /sys for writing answers
void print_hidden();   // what there is to see of files that are masked
void print_devices();  // what is in /dev, and what making a device node answers

}  // namespace probe
