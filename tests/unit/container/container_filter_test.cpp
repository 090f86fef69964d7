#include "libcore/container/container_filter.hpp"

#include "error_of.hpp"
#include "tests/unit/store/temporary_store.hpp"

using namespace husk;
using namespace husk::container;

namespace {

using store::MountConfig;
using store::Status;

store::ContainerConfig web() {
  store::ContainerConfig config;
  config.id = std::string(64, 'a');
  config.name = "web";
  config.created = "2026-01-01T00:00:00Z";
  config.labels = {{"tier", "front"}, {"team", ""}};
  config.network = "private";
  config.ports = {"8080:80", "[::1]:5353:53/udp"};
  config.exposed_ports = {"80/tcp", "9000/tcp"};
  config.mounts = {{.kind = MountConfig::Kind::volume, .source = "data", .target = "/var/data"},
                   {.kind = MountConfig::Kind::bind, .source = "/srv", .target = "/mnt"}};
  return config;
}

struct Case {
  std::vector<std::string> filters;
  bool matches;
};

}  // namespace

TEST(ContainerFilter, FindsAsDockerDoes) {
  store::TemporaryStore store;
  store::ContainerState state;
  state.status = Status::exited;
  state.exit_code = 3;
  const std::vector<Case> cases = {
      {{}, true},
      {{"name=web"}, true},
      {{"name=we"}, true},
      {{"name=^we$"}, false},
      {{"name=db", "name=web"}, true},
      {{"name=web", "status=running"}, false},
      {{"name=web", "status=exited"}, true},
      {{"status=running", "status=exited"}, true},
      {{"status=restarting"}, false},
      {{"id=aaaa"}, true},
      {{"id=b"}, false},
      {{"label=tier"}, true},
      {{"label=tier=front"}, true},
      {{"label=tier=back"}, false},
      {{"label=tier", "label=none"}, false},
      {{"label=team="}, true},
      {{"exited=3"}, true},
      {{"exited=0"}, false},
      {{"exited=0", "exited=3"}, true},
      {{"volume=data"}, true},
      {{"volume=/var/data"}, true},
      {{"volume=/srv"}, true},
      {{"volume=/var"}, false},
      {{"network=private"}, true},
      {{"network=none"}, false},
      {{"publish=80"}, true},
      {{"publish=8080"}, false},
      {{"publish=53/udp"}, true},
      {{"publish=53"}, false},
      {{"publish=70-90"}, true},
      {{"expose=9000/tcp"}, true},
      {{"expose=8999-9001"}, true},
      {{"expose=53/udp"}, false},
      {{"ancestor=nobody"}, false},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(ContainerFilter(store.get(), each.filters).matches(web(), state), each.matches)
        << (each.filters.empty() ? "" : each.filters.front());
  }
  EXPECT_FALSE(ContainerFilter(store.get(), {"name=web"}).asks_for_status());
  EXPECT_TRUE(ContainerFilter(store.get(), {"name=web", "status=exited"}).asks_for_status());
}

TEST(ContainerFilter, KnowsWhatWasBuiltOnAnImage) {
  store::TemporaryStore store;
  const store::Lease lease(store.get());
  const auto base = store::make_layer(lease, "base", "base").diff_id;
  const auto top = store::make_layer(lease, "top", "top").diff_id;
  const store::Tag image = store::make_image(lease, "base", {base});
  store::ContainerConfig config = web();
  config.diff_ids = {base, top};
  EXPECT_TRUE(ContainerFilter(store.get(), {"ancestor=base"}).matches(config, {}));
  config.diff_ids = {top};
  EXPECT_FALSE(ContainerFilter(store.get(), {"ancestor=base"}).matches(config, {}));
  config.image_id = image.image_id;
  EXPECT_TRUE(ContainerFilter(store.get(), {"ancestor=" + image.image_id.str()}).matches(config, {}));
}

TEST(ContainerFilter, ComparesWithAnotherContainer) {
  store::TemporaryStore store;
  store::ContainerConfig other;
  other.name = "other";
  other.created = "2026-01-02T00:00:00Z";
  (void)store::create_container(store.get(), other);
  EXPECT_TRUE(ContainerFilter(store.get(), {"before=other"}).matches(web(), {}));
  EXPECT_FALSE(ContainerFilter(store.get(), {"since=other"}).matches(web(), {}));
  EXPECT_EQ(error_of([&] { ContainerFilter(store.get(), {"since=web"}); }, Exit::failure),
            "no such container: 'web'");
}

TEST(ContainerFilter, RefusesWhatItDoesNotKnow) {
  store::TemporaryStore store;
  const auto refused = [&](const char* text) {
    return error_of([&] { ContainerFilter(store.get(), {text}); }, Exit::usage);
  };
  EXPECT_EQ(refused("nonsense=1"), "filter 'nonsense=1' is not NAME=VALUE with a name that is known");
  EXPECT_EQ(refused("name"), "filter 'name' is not NAME=VALUE with a name that is known");
  EXPECT_EQ(refused("name=["), "filter 'name=[' is no regular expression");
  EXPECT_EQ(refused("status=up"), "filter 'status=up' is no status");
  EXPECT_EQ(refused("exited=x"), "filter 'exited=x' is no exit code");
  EXPECT_EQ(refused("publish=web"), "filter 'publish=web' is no port, as 80, 53/udp or 8000-8010");
}
