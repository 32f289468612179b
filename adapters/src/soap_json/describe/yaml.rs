//! JSON as YAML that people read: blocks, and every text quoted that could be read as anything else.

use serde_json::Value;

/// The value as YAML 1.2.
pub fn to_yaml(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

/// Writes a value that begins a line.
fn block(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                indent(depth, text);
                scalar(name, text);
                text.push(':');
                after(value, depth, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                indent(depth, text);
                text.push('-');
                after(item, depth, text);
            }
        }
        value => {
            indent(depth, text);
            text.push_str(&flow(value));
            text.push('\n');
        }
    }
}

/// Writes a value after its name or hyphen.
fn after(value: &Value, depth: usize, text: &mut String) {
    let is_block = match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_block {
        text.push('\n');
        block(value, depth + 1, text);
    } else {
        text.push(' ');
        text.push_str(&flow(value));
        text.push('\n');
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::String(value) => {
            let mut text = String::new();
            scalar(value, &mut text);
            text
        }
        // What JSON writes of these is YAML as well.
        value => value.to_string(),
    }
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

/// A text, plain where nothing else could be meant; else quoted as JSON does, which YAML reads the same.
fn scalar(value: &str, text: &mut String) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.' | '-');
    let is_plain = value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && value.chars().all(is_word)
        && !is_reserved(value);
    if is_plain {
        text.push_str(value);
    } else {
        text.push_str(&Value::from(value).to_string());
    }
}

/// Words that some readers of YAML take for something else than text.
fn is_reserved(value: &str) -> bool {
    const WORDS: [&str; 10] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan"];
    WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn writes_what_is_read_the_same() {
        let value = json!({
            "openapi": "3.1.0", "a b": [1, -2.50, true, null, "no", "", "x: y", "$ref", "/p/q"],
            "empty": [{}, []], "nested": [[1, [2]], { "a": { "b": "c" } }],
        });
        insta::assert_snapshot!(to_yaml(&value), @r###"
        openapi: "3.1.0"
        "a b":
          - 1
          - -2.5
          - true
          - null
          - "no"
          - ""
          - "x: y"
          - "$ref"
          - /p/q
        empty:
          - {}
          - []
        nested:
          -
            - 1
            -
              - 2
          -
            a:
              b: c
        "###);
    }
}
