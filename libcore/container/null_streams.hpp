#pragma once

namespace husk::container {

/// Makes /dev/null of the process's standard streams: nobody is there any more to type or to read.
void become_null();

}  // namespace husk::container
