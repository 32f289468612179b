use crate::compile::WAY_STEPS_MAX;
use crate::identity::STEPS_MAX;
use crate::readings::{READ_BYTES_MAX, READINGS_MAX};
use crate::repetition::PATTERN_PARTS_MAX;
use crate::types::{PATTERN_BYTES_MAX, PATTERNS_BYTES_MAX, TRIED_MAX, TYPES_DEPTH_MAX};
use crate::{Budget, limits};
use xsd_schema::parser::DEFAULT_MAX_DEPTH;

/// A number as the manual writes it: `1_000`.
fn written(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

#[test]
fn the_manual_names_every_limit_with_its_unit_and_code() {
    let budget = Budget::default();
    let compiling = "C0218";
    let limits: &[(&str, &str, &str, u64)] = &[
        (limits::VALUE_BYTES, "V0210", "bytes", limits::VALUE_BYTES_MAX as u64),
        (limits::KEYS, "V0211", "number", limits::KEYS_MAX as u64),
        (limits::IDS, "V0211", "number", limits::IDS_MAX as u64),
        (limits::OPEN_CONSTRAINTS, "V0211", "number", limits::OPEN_CONSTRAINTS_MAX as u64),
        (limits::COUNTS, "V0212", "number", limits::COUNTS_MAX as u64),
        ("count-steps-max", "V0212", "steps", limits::COUNT_STEPS_MAX),
        ("chosen-max", "V0211", "number", limits::CHOSEN_MAX as u64),
        ("way-steps-max", compiling, "steps", WAY_STEPS_MAX),
        (limits::PATTERN_STEPS, "V0213", "steps", limits::PATTERN_STEPS_MAX),
        ("readings-max", compiling, "number", READINGS_MAX as u64),
        ("read-bytes-max", compiling, "bytes", READ_BYTES_MAX as u64),
        ("particles-max", compiling, "number", budget.particles_max as u64),
        ("model-particles-max", compiling, "number", budget.model_particles_max as u64),
        ("follow-steps-max", compiling, "steps", budget.follow_steps_max),
        ("schema-depth-max", compiling, "number", DEFAULT_MAX_DEPTH as u64),
        ("restriction-steps-max", compiling, "steps", budget.restriction_steps_max),
        ("edges-max", compiling, "number", budget.edges_max as u64),
        ("pattern-parts-max", compiling, "number", PATTERN_PARTS_MAX),
        ("pattern-bytes-max", compiling, "bytes", PATTERN_BYTES_MAX as u64),
        ("patterns-bytes-max", compiling, "bytes", PATTERNS_BYTES_MAX as u64),
        ("types-depth-max", compiling, "number", TYPES_DEPTH_MAX as u64),
        ("tried-max", compiling, "number", TRIED_MAX),
        ("path-steps-max", compiling, "number", STEPS_MAX as u64),
    ];
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../gateway/docs/limits.md");
    let manual = std::fs::read_to_string(path).unwrap();
    for (name, code, unit, value) in limits {
        let value = written(*value);
        let row = manual.lines().find(|line| line.starts_with(&format!("| `{name}`")));
        let row = row.unwrap_or_else(|| panic!("the manual does not name {name}"));
        assert!(row.contains(&format!("| {unit} | {value} |")), "{row}: {value}");
        assert!(row.contains(code) || (*code == compiling && manual.contains(code)), "{row}");
    }
}
