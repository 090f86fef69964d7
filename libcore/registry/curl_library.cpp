#include "libcore/registry/curl_library.hpp"

#include "libcore/base/error.hpp"

#include <dlfcn.h>

namespace husk::registry {
namespace {

[[noreturn]] void fail() {
  const char* const why = ::dlerror();
  Error error(cat("load libcurl: ", escape(why != nullptr ? why : "it is not complete")));
  error.set_hint("install the package 'libcurl4'");
  throw error;
}

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr) fail();
}

// It stays loaded: it has handlers and threads of its own.
Curl load() {
  void* const library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) fail();
  Curl out{};
  find(library, "curl_easy_cleanup", out.easy_cleanup);
  find(library, "curl_easy_getinfo", out.easy_getinfo);
  find(library, "curl_easy_init", out.easy_init);
  find(library, "curl_easy_pause", out.easy_pause);
  find(library, "curl_easy_setopt", out.easy_setopt);
  find(library, "curl_easy_strerror", out.easy_strerror);
  find(library, "curl_free", out.free);
  find(library, "curl_global_init", out.global_init);
  find(library, "curl_multi_add_handle", out.multi_add_handle);
  find(library, "curl_multi_cleanup", out.multi_cleanup);
  find(library, "curl_multi_info_read", out.multi_info_read);
  find(library, "curl_multi_init", out.multi_init);
  find(library, "curl_multi_perform", out.multi_perform);
  find(library, "curl_multi_poll", out.multi_poll);
  find(library, "curl_multi_remove_handle", out.multi_remove_handle);
  find(library, "curl_multi_setopt", out.multi_setopt);
  find(library, "curl_multi_strerror", out.multi_strerror);
  find(library, "curl_slist_append", out.slist_append);
  find(library, "curl_slist_free_all", out.slist_free_all);
  find(library, "curl_url", out.url);
  find(library, "curl_url_cleanup", out.url_cleanup);
  find(library, "curl_url_get", out.url_get);
  find(library, "curl_url_set", out.url_set);
  return out;
}

}  // namespace

const Curl& curl() {
  static const Curl loaded = load();
  return loaded;
}

}  // namespace husk::registry
