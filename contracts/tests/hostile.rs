//! What a hostile sender or author may try, item by item: the limit that it meets, the code that tells it, and the test that tries it.
//!
//! The tests stand where what they try is bounded. This table keeps that none is forgotten, and that every limit has a name, a place in
//! the manual and on the page of its code.

use sluse_contracts::code;
use std::{collections::HashMap, fs, path::Path};

/// What is tried, the name of its limit (none where it is refused or taken whatever its size), its code (none where it is taken), the
/// file of the test below the workspace, and the test.
type Item = (&'static str, &'static str, &'static str, &'static str, &'static str);

const XML: &str = "contracts/xml/tests/hostile.rs";
const XSD: &str = "contracts/xsd/src/tests/hostile.rs";
const TYPES: &str = "contracts/xsd/src/types/tests.rs";
const REMEMBERED: &str = "contracts/xsd/tests/memory.rs";
const SCHEMAS: &str = "contracts/src/schema/xsd/tests/mod.rs";
const RULES: &str = "contracts/schematron/tests/oracle/hostile.rs";
const RULES_READ: &str = "contracts/schematron/tests/oracle/bounds.rs";
const GATEWAY: &str = "gateway/tests/it/hostile.rs";

#[rustfmt::skip]
const ITEMS: &[Item] = &[
    ("1,000,000 levels", "depth-max", "V0104", XML, "a_million_levels_and_a_million_attributes_meet_their_limits"),
    ("1,000,000 levels, where the limit lets them", "", "", XSD, "depth_and_attributes_by_the_million_are_refused_or_judged"),
    ("1,000,000 attributes", "attributes-max", "V0105", XML, "a_million_levels_and_a_million_attributes_meet_their_limits"),
    ("2,000 prefixes on 20,000 elements", "", "", XML, "many_prefixes_cost_an_element_nothing"),
    ("prefixes at every level", "piece-bytes-max", "V0116", XML, "namespaces_in_force_are_bounded_however_deep_they_are_declared"),
    ("tags, comments and references without end", "piece-bytes-max", "V0116", XML, "what_never_ends_is_refused_after_a_part_of_bounded_length"),
    ("a tree of millions of elements", "tree-bytes-max", "V0106", GATEWAY, "many_large_documents_at_once_leave_memory_bounded"),
    ("an integer of 10 MB", "", "", TYPES, "ten_megabytes_of_one_value_are_read_in_one_go"),
    ("a date of 10 MB", "", "", TYPES, "ten_megabytes_of_one_value_are_read_in_one_go"),
    ("a value of a name of 10 MB", "", "", TYPES, "ten_megabytes_of_one_value_are_read_in_one_go"),
    ("values of 17 MB", "value-bytes-max", "V0210", XSD, "long_values_are_judged_alike_as_tree_and_stream"),
    ("a name of an element of 10 MB", "name-bytes-max", "V0111", XML, "long_names_are_refused_and_long_values_read"),
    ("10 MB before a pattern", "pattern-steps-max", "V0213", XSD, "patterns_of_all_kinds_end_within_their_limit"),
    ("many values before a pattern of many states", "pattern-steps-max", "V0213", XSD, "all_values_of_a_document_share_one_budget_of_steps"),
    ("optional repetition, nested", "way-steps-max", "C0218", XSD, "follows_or_refuses_optional_repetition_nested_ten_deep"),
    ("counts that may be counted in many ways", "counts-max", "V0212", XSD, "more_ways_to_count_than_the_limit_are_told_by_name"),
    ("choices of 5,000 ways", "", "", XSD, "takes_choices_of_many_ways"),
    ("choices of ways that many stand for", "follow-steps-max", "C0218", XSD, "refuses_references_to_elements_that_many_may_stand_for"),
    ("1,000,000 keys and references to them", "keys-max", "V0211", REMEMBERED, "what_is_remembered_of_a_document_is_bounded"),
    ("1,000,000 IDs and references to them", "ids-max", "V0211", REMEMBERED, "what_is_remembered_of_a_document_is_bounded"),
    ("keys within keys", "open-constraints-max", "V0211", XSD, "more_open_constraints_than_the_limit_are_told_by_name"),
    ("exponential patterns of schemas", "pattern-parts-max", "C0218", XSD, "refuses_patterns_that_are_large_when_written_out"),
    ("many patterns of schemas", "patterns-bytes-max", "C0218", XSD, "the_patterns_of_a_schema_are_bounded_together"),
    ("exponential patterns of rule sets", "rule-steps-max", "V0304", RULES, "regular_expressions_end_at_the_limit_of_steps"),
    ("rule sets heavy of regular expressions", "regex-bytes-max", "V0302", RULES, "regular_expressions_end_at_the_limit_of_steps"),
    ("quadratic rules on preceding::", "rule-steps-max", "V0304", RULES, "rules_that_look_at_everything_from_everywhere_end_at_the_limit_of_steps"),
    ("sequences that grow", "sequence-items-max", "V0302", RULES, "functions_on_long_texts_end_at_the_limits_of_items_and_texts"),
    ("texts that grow", "text-bytes-max", "V0302", RULES, "what_grows_ends_at_the_limits_of_texts_sequences_and_memory"),
    ("values that are held while others are made", "held-bytes-max", "V0302", RULES, "what_grows_ends_at_the_limits_of_texts_sequences_and_memory"),
    ("functions that call themselves", "evaluation-depth-max", "V0302", RULES_READ, "recursion_of_any_shape_keeps_to_a_small_stack"),
    ("names that never repeat, read", "", "", XML, "nothing_is_kept_of_a_long_document"),
    ("names that never repeat, judged", "", "", REMEMBERED, "what_is_remembered_of_a_document_is_bounded"),
    ("schemas that include themselves", "", "", XSD, "reads_documents_that_include_themselves_and_each_other_once"),
    ("schemas that expand exponentially: groups", "particles-max", "C0218", XSD, "refuses_groups_that_double_each_time"),
    ("schemas that expand exponentially: attribute groups", "particles-max", "C0218", XSD, "refuses_attribute_groups_that_double_each_time"),
    ("schemas that expand exponentially: bounds", "model-particles-max", "C0218", XSD, "refuses_what_would_be_unrolled_without_end"),
    ("schemas that expand exponentially: documents", "readings-max", "C0218", XSD, "refuses_documents_that_are_read_for_many_namespaces_each"),
    ("rule sets that include themselves", "include-depth-max", "C0218", RULES, "rule_sets_that_bring_in_themselves_are_refused"),
    ("rule sets that expand exponentially", "filled-bytes-max", "C0218", RULES_READ, "rule_sets_that_grow_when_they_are_read_are_refused"),
    ("expressions without end", "expression-depth-max", "C0218", RULES, "expressions_without_end_are_refused_when_loaded"),
    ("schemas that refer outside their folder or to the network", "", "C0215", SCHEMAS, "finds_the_faults_of_schemas_with_file_line_and_column"),
    ("rule sets that refer outside their folder or to the network", "", "C0215", RULES, "rule_sets_that_bring_in_themselves_are_refused"),
    ("document types", "", "V0103", XSD, "document_types_and_entities_are_refused_before_anything_is_judged"),
    ("entities of entities", "", "V0103", GATEWAY, "bad_input_has_its_code_and_the_connection_and_the_memory_are_kept"),
    ("entities that are not declared", "", "V0110", GATEWAY, "bad_input_has_its_code_and_the_connection_and_the_memory_are_kept"),
    ("one document that slows others", "", "V0304", GATEWAY, "a_small_document_that_takes_long_to_judge_holds_up_nobody"),
    ("one rule that silences others", "rule-steps-max", "V0304", RULES, "rules_that_look_at_everything_from_everywhere_end_at_the_limit_of_steps"),
];

#[test]
fn whatever_is_tried_has_a_limit_by_name_a_code_a_page_and_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let manual = read("gateway/docs/limits.md");
    let mut files: HashMap<&str, String> = HashMap::new();
    let mut lacking = Vec::new();
    for (tried, limit, code, file, test) in ITEMS {
        let mut lacks = |what: String| lacking.push(format!("{tried}: {what}"));
        let source = files.entry(file).or_insert_with(|| read(file));
        if !source.contains(&format!("fn {test}()")) {
            lacks(format!("no test {test} in {file}"));
        }
        let page = code::entry(code).map_or("", |entry| entry.page);
        if page.is_empty() != code.is_empty() {
            lacks(format!("no page of {code}"));
        }
        let named = format!("`{limit}`");
        if !limit.is_empty() && !page.contains(&named) {
            lacks(format!("the page of {code} does not name {limit}"));
        }
        let row = manual.lines().any(|line| line.starts_with('|') && line.contains(&named));
        if !limit.is_empty() && !row {
            lacks(format!("the manual has no row for {limit}"));
        }
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}
