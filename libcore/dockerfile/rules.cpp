#include "libcore/dockerfile/rules.hpp"

#include <array>

namespace husk::dockerfile {
namespace {

// In the order of the enumeration.
constexpr std::array rules = {
    RuleInfo{Rule::stage_name_casing, "StageNameCasing", "Stage names should be lowercase",
             "stage-name-casing"},
    RuleInfo{Rule::from_as_casing, "FromAsCasing",
             "The 'as' keyword should match the case of the 'from' keyword", "from-as-casing"},
    RuleInfo{Rule::no_empty_continuation, "NoEmptyContinuation",
             "Empty continuation lines will become errors in a future release", "no-empty-continuation"},
    RuleInfo{Rule::consistent_instruction_casing, "ConsistentInstructionCasing",
             "All commands within the Dockerfile should use the same casing (either upper or lower)",
             "consistent-instruction-casing"},
    RuleInfo{Rule::duplicate_stage_name, "DuplicateStageName", "Stage names should be unique",
             "duplicate-stage-name"},
    RuleInfo{Rule::reserved_stage_name, "ReservedStageName",
             "Reserved words should not be used as stage names", "reserved-stage-name"},
    RuleInfo{
        Rule::json_args_recommended, "JSONArgsRecommended",
        "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
        "json-args-recommended"},
    RuleInfo{Rule::maintainer_deprecated, "MaintainerDeprecated",
             "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
             "maintainer-deprecated"},
    RuleInfo{Rule::undefined_arg_in_from, "UndefinedArgInFrom", "FROM command must use declared ARGs",
             "undefined-arg-in-from"},
    RuleInfo{Rule::workdir_relative_path, "WorkdirRelativePath",
             "Relative workdir without an absolute workdir declared within the build can have unexpected "
             "results if the base image changes",
             "workdir-relative-path"},
    RuleInfo{Rule::undefined_var, "UndefinedVar", "Variables should be defined before their use",
             "undefined-var"},
    RuleInfo{Rule::multiple_instructions_disallowed, "MultipleInstructionsDisallowed",
             "Multiple instructions of the same type should not be used in the same stage",
             "multiple-instructions-disallowed"},
    RuleInfo{Rule::legacy_key_value_format, "LegacyKeyValueFormat",
             "Legacy key/value format with whitespace separator should not be used",
             "legacy-key-value-format"},
    RuleInfo{
        Rule::redundant_target_platform, "RedundantTargetPlatform",
        "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
        "redundant-target-platform"},
    RuleInfo{Rule::secrets_used_in_arg_or_env, "SecretsUsedInArgOrEnv",
             "Sensitive data should not be used in the ARG or ENV commands", "secrets-used-in-arg-or-env"},
    RuleInfo{Rule::invalid_default_arg_in_from, "InvalidDefaultArgInFrom",
             "Default value for global ARG results in an empty or invalid base image name",
             "invalid-default-arg-in-from"},
    RuleInfo{Rule::from_platform_flag_const_disallowed, "FromPlatformFlagConstDisallowed",
             "FROM --platform flag should not use a constant value", "from-platform-flag-const-disallowed"},
    RuleInfo{Rule::copy_ignored_file, "CopyIgnoredFile",
             "Attempting to Copy file that is excluded by .dockerignore", "copy-ignored-file"},
    RuleInfo{Rule::invalid_definition_description, "InvalidDefinitionDescription",
             "Comment for build stage or argument should follow the format: `# <arg/stage name> "
             "<description>`. If this is not intended to be a description comment, add an empty line or "
             "comment between the instruction and the comment.",
             "invalid-definition-description", true},
    RuleInfo{Rule::expose_proto_casing, "ExposeProtoCasing",
             "Protocol in EXPOSE instruction should be lowercase", "expose-proto-casing"},
    RuleInfo{Rule::expose_invalid_format, "ExposeInvalidFormat",
             "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an "
             "error in a future release",
             "expose-invalid-format"},
};

}  // namespace

const RuleInfo& info_of(Rule rule) { return rules.at(static_cast<std::size_t>(rule)); }

std::string RuleInfo::url() const {
  std::string url = "https://docs.docker.com/go/dockerfile/rule/";
  url += page;
  return url + "/";
}

}  // namespace husk::dockerfile
