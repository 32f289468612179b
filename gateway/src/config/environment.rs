//! `${NAME}` in a value: secrets and addresses that differ between machines stay out of the files.

use sluse_contracts::{
    code,
    settings::{Placed, Settings},
};

/// How a variable is looked up; handed in, so that tests decide what is set.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The process's own environment.
#[expect(clippy::disallowed_methods, reason = "the one place where configuration asks for it")]
pub fn process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Puts variables in the place of their names. One that is not set is reported.
pub(super) fn expand(
    text: &Placed<String>,
    file: &Settings<'_>,
    environment: Environment<'_>,
) -> Option<Placed<String>> {
    let mut rest = text.value.as_str();
    let mut whole = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once("${") {
        whole.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            let sentence = "a reference to a variable is written `${NAME}`";
            file.report(text.place, code::VALUE_WRONG, sentence);
            return None;
        };
        let Some(value) = environment(name) else {
            let sentence = format!("the variable `{name}` is not set");
            let hint = format!("set `{name}` for the process, or write the value itself");
            file.report_with_hint(text.place, code::ENVIRONMENT, sentence, hint);
            return None;
        };
        whole.push_str(&value);
        rest = after;
    }
    whole.push_str(rest);
    Some(Placed { value: whole, place: text.place })
}
