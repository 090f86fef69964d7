// Parsed once a module where precompiled headers are asked for (-Dprecompiled_headers=true): what nearly every file includes.
// No file relies on it; a build without them shows that.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <compare>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
