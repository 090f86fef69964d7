#pragma once

#include <string>
#include <vector>

namespace husk::container {

/// Runs another program of ours, which lies beside the one that calls or in PATH, to its end. What it prints
/// goes to standard error: standard output is the container's. Throws Error with its exit code in the message
/// if it fails; it has said why.
void run_tool(const std::string& name, const std::vector<std::string>& arguments);

/// The same; returns what it prints.
std::string run_tool_for_output(const std::string& name, const std::vector<std::string>& arguments);

/// Starts one that goes on when we have ended, with OUTPUT as its standard output. Nobody waits for it.
void start_tool(const std::string& name, const std::vector<std::string>& arguments, int output);

}  // namespace husk::container
