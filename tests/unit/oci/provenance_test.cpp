#include "libcore/oci/provenance.hpp"

#include <gtest/gtest.h>

namespace husk::oci {
namespace {

Provenance least() {
  Provenance all;
  all.entry_point = "Dockerfile";
  all.locals = {"context", "dockerfile"};
  all.builder_platform = {"linux", "amd64", ""};
  all.materials = {{"pkg:docker/node@20?platform=linux%2Famd64", "sha256", "ab"}, {"pkg:docker/x", "", ""}};
  all.started = "2026-01-01T00:00:00Z";
  all.finished = "2026-01-01T00:00:01Z";
  return all;
}

Provenance most() {
  Provenance all = least();
  all.builder = "https://example.com/builder";
  all.source = Material{"https://example.com/x.git#main", "sha1", "cd"};
  all.arguments = {{"build-arg:A", "1"}, {"target", "t"}};
  all.secrets = {{"s", true}, {"t", false}};
  all.agents = {{"default", false}};
  all.invocation_id = "id";
  all.all_arguments = all.all_materials = all.hermetic = all.reproducible = true;
  all.dockerfile = {"Dockerfile", "RlJPTQ=="};
  return all;
}

TEST(Provenance, LeastOfVersion1) {
  EXPECT_EQ(
      print_provenance(least(), Provenance::Version::v1),
      R"({"buildDefinition":{"buildType":"https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",)"
      R"("externalParameters":{"configSource":{"path":"Dockerfile"},)"
      R"("request":{"frontend":"dockerfile.v0","args":{},"locals":[{"name":"context"},{"name":"dockerfile"}]}},)"
      R"("internalParameters":{"builderPlatform":"linux/amd64"},)"
      R"("resolvedDependencies":[{"uri":"pkg:docker/node@20?platform=linux%2Famd64","digest":{"sha256":"ab"}},{"uri":"pkg:docker/x"}]},)"
      R"("runDetails":{"builder":{"id":""},"metadata":{"startedOn":"2026-01-01T00:00:00Z","finishedOn":"2026-01-01T00:00:01Z",)"
      R"("buildkit_metadata":{},"buildkit_hermetic":false,"buildkit_completeness":{"request":false,"resolvedDependencies":false},)"
      R"("buildkit_reproducible":false}}})");
}

TEST(Provenance, MostOfVersion1) {
  EXPECT_EQ(
      print_provenance(most(), Provenance::Version::v1),
      R"({"buildDefinition":{"buildType":"https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",)"
      R"("externalParameters":{"configSource":{"uri":"https://example.com/x.git#main","digest":{"sha1":"cd"},"path":"Dockerfile"},)"
      R"("request":{"frontend":"dockerfile.v0","args":{"build-arg:A":"1","target":"t"},"secrets":[{"id":"s","optional":true},{"id":"t"}],)"
      R"("ssh":[{"id":"default"}],"locals":[{"name":"context"},{"name":"dockerfile"}]}},)"
      R"("internalParameters":{"builderPlatform":"linux/amd64"},)"
      R"("resolvedDependencies":[{"uri":"pkg:docker/node@20?platform=linux%2Famd64","digest":{"sha256":"ab"}},{"uri":"pkg:docker/x"}]},)"
      R"("runDetails":{"builder":{"id":"https://example.com/builder"},"metadata":{"invocationId":"id",)"
      R"("startedOn":"2026-01-01T00:00:00Z","finishedOn":"2026-01-01T00:00:01Z",)"
      R"("buildkit_metadata":{"source":{"infos":[{"filename":"Dockerfile","language":"Dockerfile","data":"RlJPTQ=="}]}},)"
      R"("buildkit_hermetic":true,"buildkit_completeness":{"request":true,"resolvedDependencies":true},"buildkit_reproducible":true}}})");
}

TEST(Provenance, Version02HasTheSameByOtherNames) {
  EXPECT_EQ(
      print_provenance(most(), Provenance::Version::v0_2),
      R"({"builder":{"id":"https://example.com/builder"},"buildType":"https://mobyproject.org/buildkit@v1",)"
      R"("materials":[{"uri":"pkg:docker/node@20?platform=linux%2Famd64","digest":{"sha256":"ab"}},{"uri":"pkg:docker/x"}],)"
      R"("invocation":{"configSource":{"uri":"https://example.com/x.git#main","digest":{"sha1":"cd"},"entryPoint":"Dockerfile"},)"
      R"("parameters":{"frontend":"dockerfile.v0","args":{"build-arg:A":"1","target":"t"},"secrets":[{"id":"s","optional":true},{"id":"t"}],)"
      R"("ssh":[{"id":"default"}],"locals":[{"name":"context"},{"name":"dockerfile"}]},"environment":{"platform":"linux/amd64"}},)"
      R"("metadata":{"buildInvocationID":"id","buildStartedOn":"2026-01-01T00:00:00Z","buildFinishedOn":"2026-01-01T00:00:01Z",)"
      R"("completeness":{"parameters":true,"environment":true,"materials":true},"reproducible":true,)"
      R"("https://mobyproject.org/buildkit@v1#hermetic":true,)"
      R"("https://mobyproject.org/buildkit@v1#metadata":{"source":{"infos":[{"filename":"Dockerfile","language":"Dockerfile","data":"RlJPTQ=="}]}}}})");
}

TEST(Provenance, TypesOfThePredicate) {
  EXPECT_EQ(predicate_type(Provenance::Version::v1), "https://slsa.dev/provenance/v1");
  EXPECT_EQ(predicate_type(Provenance::Version::v0_2), "https://slsa.dev/provenance/v0.2");
}

TEST(Provenance, ValuesNeedNotBeText) {
  Provenance odd = least();
  odd.arguments["build-arg:A"] = "\xff";
  EXPECT_NE(print_provenance(odd, Provenance::Version::v1).find("\"build-arg:A\":\"\xef\xbf\xbd\""),
            std::string::npos);
}

}  // namespace
}  // namespace husk::oci
