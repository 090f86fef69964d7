#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace husk::dockerfile {

/// BuildKit's build checks.
enum class Rule : std::uint8_t {
  stage_name_casing,
  from_as_casing,
  no_empty_continuation,
  consistent_instruction_casing,
  duplicate_stage_name,
  reserved_stage_name,
  json_args_recommended,
  maintainer_deprecated,
  undefined_arg_in_from,
  workdir_relative_path,
  undefined_var,
  multiple_instructions_disallowed,
  legacy_key_value_format,
  redundant_target_platform,
  secrets_used_in_arg_or_env,
  invalid_default_arg_in_from,
  from_platform_flag_const_disallowed,
  copy_ignored_file,
  invalid_definition_description,
  expose_proto_casing,
  expose_invalid_format,
};

/// The texts are BuildKit's.
struct RuleInfo {
  Rule rule;
  std::string_view name;
  std::string_view description;
  std::string_view page;      // the last part of its URL
  bool experimental = false;  // only if it is asked for

  std::string url() const;
};

const RuleInfo& info_of(Rule rule);

}  // namespace husk::dockerfile
