#include "libcore/registry/upload.hpp"

#include "libcore/base/error.hpp"

namespace husk::registry {
namespace {

Url with_digest(const Url& location, const oci::Digest& digest) {
  const char* const separator = location.text.find('?') == std::string::npos ? "?" : "&";
  const auto url = parse_url(cat(location.text, separator, "digest=", encode_query(digest.str())));
  if (!url) throw Error("upload location is no URL");
  return *url;
}

/// Where the registry wants the next piece.
Url location_of(const Response& response) {
  const auto location = response.headers.find("Location");
  const auto url = location ? resolve_url(response.url, *location) : std::nullopt;
  if (!url) throw Error("the registry names no place to upload to");
  if (response.url.origin.scheme == "https" && url->origin.scheme != "https") {
    throw Error(cat("refusing to upload to ", quote(url->origin.str()), ": https to http"));
  }
  return *url;
}

/// Runs STEP with the response if its status is one of those EXPECTED; ends the upload otherwise.
template <class Step>
void expect(const std::shared_ptr<Client::Upload>& upload, const Outcome& outcome,
            std::initializer_list<int> expected, const Step& step) {
  try {
    if (outcome.error) std::rethrow_exception(outcome.error);
    for (const int status : expected) {
      if (status == outcome.response.status) return step(outcome.response);
    }
    throw_status(outcome.response, "upload blob");
  } catch (...) {
    upload->end(std::current_exception());
  }
}

}  // namespace

bool was_mounted(const Client::Upload& upload) { return upload.mounted; }

std::shared_ptr<Client::Upload> Client::start_upload(const oci::Descriptor& blob, Body body,
                                                     Finished finished) {
  auto upload = std::make_shared<Upload>(Upload{blob, std::move(body), {}, std::move(finished)});
  begin(upload);
  return upload;
}

std::shared_ptr<Client::Upload> Client::start_stream(Body body, std::function<oci::Digest()> digest,
                                                     Finished finished) {
  auto upload = std::make_shared<Upload>(Upload{{}, std::move(body), std::move(digest), std::move(finished)});
  begin(upload);
  return upload;
}

void Client::resume(const std::shared_ptr<Upload>& upload) { session_.resume(upload->handle); }

void Client::begin(const std::shared_ptr<Upload>& upload) {
  std::string path = path_of("blobs", "uploads/");
  if (upload->blob && upload->mounts_tried < mount_from_.size()) {
    const std::string& from = mount_from_[upload->mounts_tried++];
    path += cat("?mount=", encode_query(upload->blob->digest.str()), "&from=", encode_query(from));
  }
  Call call{.request = {.method = "POST", .url = session_.url(path)}};
  upload->handle = session_.start(std::move(call), [this, upload](const Outcome& outcome) {
    expect(upload, outcome, {201, 202}, [&](const Response& response) {
      upload->mounted = response.status == 201;
      if (upload->mounted) return upload->end({});
      if (upload->blob && upload->mounts_tried < mount_from_.size()) return begin(upload);
      if (upload->blob) return put(upload, location_of(response));
      patch(upload, location_of(response));
    });
  });
}

void Client::put(const std::shared_ptr<Upload>& upload, const Url& location) {
  Call call{.request = {.method = "PUT", .url = with_digest(location, upload->blob->digest)}};
  call.request.headers = {{"Content-Type", "application/octet-stream"}};
  call.request.source = upload->body.read;
  call.request.source_size = upload->blob->size;
  call.replay = upload->body.rewind ? Replay::yes : Replay::no;
  call.prepare = [upload](Request&) {
    if (upload->body.rewind) upload->body.rewind();
  };
  upload->handle = session_.start(std::move(call), [upload](const Outcome& outcome) {
    expect(upload, outcome, {201}, [&](const Response&) { upload->end({}); });
  });
}

void Client::patch(const std::shared_ptr<Upload>& upload, const Url& location) {
  Call call{.request = {.method = "PATCH", .url = location}, .replay = Replay::no};
  call.request.headers = {{"Content-Type", "application/octet-stream"}};
  call.request.source = upload->body.read;
  upload->handle = session_.start(std::move(call), [this, upload](const Outcome& outcome) {
    expect(upload, outcome, {201, 202, 204},
           [&](const Response& response) { close(upload, location_of(response)); });
  });
}

void Client::close(const std::shared_ptr<Upload>& upload, const Url& location) {
  Call call{.request = {.method = "PUT", .url = with_digest(location, upload->digest())}};
  call.request.headers = {{"Content-Type", "application/octet-stream"}};
  upload->handle = session_.start(std::move(call), [upload](const Outcome& outcome) {
    expect(upload, outcome, {201}, [&](const Response&) { upload->end({}); });
  });
}

}  // namespace husk::registry
