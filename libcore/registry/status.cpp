#include "libcore/base/error.hpp"
#include "libcore/oci/json.hpp"
#include "libcore/registry/session.hpp"

namespace husk::registry {
namespace {

constexpr std::size_t longest_message = 300;

/// What {"errors": [{"code": …, "message": …}]} says, in quotes; "" for any other body.
std::string words_of(const std::string& body) {
  try {
    const auto json = oci::parse_json(body, "reply");
    for (const auto& each : oci::JsonObject(json, "").objects("errors")) {
      const std::string message = each.text_or_empty("message");
      const std::string text = message.empty() ? each.text_or_empty("code") : message;
      if (!text.empty()) return cat(quote(text.substr(0, longest_message)));
    }
  } catch (const Error&) {
    // Many a proxy answers with a page of HTML: the status says enough.
  }
  return {};
}

std::string meaning_of(int status) {
  switch (status) {
    case 401: return "authentication required";
    case 403: return "access denied";
    case 404: return "not found";
    case 413: return "too large for the registry";
    case 429: return "too many requests";
    default: return cat("the registry answered with status ", status);
  }
}

}  // namespace

void throw_status(const Response& response, const std::string& doing) {
  const std::string words = words_of(response.body);
  Error error(cat(doing, ": ", meaning_of(response.status), words.empty() ? "" : ": ", words));
  if (response.status == 401 || response.status == 403) {
    error.set_hint("give --creds USER:PASSWORD or --authfile, or log in with any tool that writes auth.json");
  }
  throw error;
}

}  // namespace husk::registry
