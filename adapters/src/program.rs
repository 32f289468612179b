//! An adapter that is another program: how it is started, what it may take, and the words by which it refuses.
//!
//! ```toml
//! [program]
//! command  = ["python3", "adapter.py"]
//! refusals = { bad-date = "a date is none of the calendar" }
//! fields   = ["person/born"]
//! ```
//!
//! Here is the description alone; the process is the gateway's. What is said between them is in [`frames`](crate::frames).

use crate::{
    fault::Fault,
    frames::{Refusal, is_word},
    tree::Place,
};
use sluse_contracts::{MediaType, code, settings::Table};
use std::collections::{BTreeMap, BTreeSet};

/// Most words that a program may refuse by.
const REFUSALS_MAX: usize = 1_000;

/// A program, and its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// What is run: a program on the path of the gateway, or a file of the adapter's folder, and its arguments.
    pub command: Vec<String>,
    /// Most processes of it that are kept running: each has one message under way.
    pub processes_max: usize,
    /// How long a message may take, in ms, the start of the process and waiting for a free one included.
    pub time_ms_max: u64,
    /// Most memory that a process may address, in bytes.
    pub memory_bytes_max: u64,
    /// Most bytes that may become of one message.
    pub answer_bytes_max: u64,
    /// How often a process may be started within a minute.
    pub starts_per_minute_max: usize,
    /// What its messages are, where it works for a service or route.
    pub media_types: Option<MediaTypes>,
    /// Words of refusal, and the sentence of each.
    refusals: BTreeMap<String, String>,
    /// Fields that a refusal may name.
    fields: BTreeSet<String>,
}

/// What the messages of the two sides of a program are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaTypes {
    /// Those of the legacy side.
    pub legacy: MediaType,
    /// Those of the contract's side.
    pub contract_side: MediaType,
}

impl Program {
    /// Reads the table `program`; nothing where a fault was reported.
    pub fn read(table: &mut Table<'_>) -> Option<Self> {
        let command = table.value("command");
        if command.is_none() {
            table.report_missing("command");
        }
        let command = command.map(|value| {
            let words: Vec<String> = value.list().iter().filter_map(|word| word.text()).collect();
            let sound = words.first().is_some_and(|name| !name.is_empty())
                && words.iter().all(|word| !word.contains('\0'));
            if value.is_list() && !sound {
                value.refuse("a command is a list of texts: the program, then its arguments");
            }
            words
        });
        let whole =
            |table: &mut Table<'_>, key, bounds, usual| table.whole(key, bounds).unwrap_or(usual);
        let processes_max = whole(table, "processes-max", 1..=1_000, 2);
        let time_ms_max = whole(table, "time-ms-max", 1..=3_600_000, 10_000);
        let memory_bytes_max = whole(table, "memory-bytes-max", 1 << 20..=1 << 40, 512 << 20);
        let answer_bytes_max = whole(table, "answer-bytes-max", 1..=1 << 40, 128 << 20);
        let starts_per_minute_max = whole(table, "starts-per-minute-max", 1..=10_000, 20);
        let media_types = table.optional_table("media-types").and_then(|mut table| {
            let (legacy, contract_side) = (table.name("legacy"), table.name("contract-side"));
            table.finish();
            Some(MediaTypes { legacy: legacy?, contract_side: contract_side? })
        });
        let refusals = refusals(table);
        let fields = table.texts("fields").into_iter().map(|field| field.value).collect();
        Some(Self {
            command: command.filter(|words| !words.is_empty())?,
            processes_max: usize::try_from(processes_max).unwrap_or(1),
            time_ms_max,
            memory_bytes_max,
            answer_bytes_max,
            starts_per_minute_max: usize::try_from(starts_per_minute_max).unwrap_or(1),
            media_types,
            refusals,
            fields,
        })
    }

    /// What the program's refusal says of a message of so many bytes. Words and fields that are not declared are not
    /// shown, nor an offset beyond the message: nothing that a program makes up gets into a fault.
    pub fn fault(&self, refusal: Refusal<'_>, message_bytes: u64) -> Fault {
        let undeclared =
            "the program refuses the message by a word that the adapter does not declare";
        let sentence =
            self.refusals.get(refusal.word).map_or(undeclared, String::as_str).to_owned();
        let offset = refusal.offset.filter(|offset| *offset <= message_bytes).unwrap_or_default();
        let place = Place { offset, ..Place::default() };
        let fault = Fault::new(code::PROGRAM_REFUSED, sentence, place).of_message();
        match refusal.field.filter(|field| self.fields.contains(*field)) {
            Some(field) => fault.in_field(field),
            None => fault,
        }
    }
}

fn refusals(table: &mut Table<'_>) -> BTreeMap<String, String> {
    let entries = table.text_entries("refusals");
    if entries.len() > REFUSALS_MAX {
        table.report("refusals", code::VALUE_WRONG, format!("at most {REFUSALS_MAX} words"));
    }
    let mut refusals = BTreeMap::new();
    for (word, sentence) in entries {
        if is_word(word.value) {
            refusals.insert(word.value.to_owned(), sentence);
        } else {
            let sentence = "a word of refusal has 1 to 100 small letters, digits and `-`";
            table.settings().report(word.place, code::VALUE_WRONG, sentence);
        }
    }
    refusals
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluse_contracts::{Finding, settings::Settings};

    fn read(text: &str) -> (Option<Program>, Vec<String>) {
        let mut findings = Vec::new();
        let settings = Settings::parse("adapter.toml", text, &mut findings).unwrap();
        let mut root = settings.root();
        let program = root.table("program").and_then(|mut table| {
            let program = Program::read(&mut table);
            table.finish();
            program
        });
        root.finish();
        findings.extend(settings.into_findings());
        (program, findings.iter().map(Finding::to_string).collect())
    }

    #[test]
    fn a_description_says_what_is_run_and_its_bounds() {
        let (program, findings) = read(
            r#"
            [program]
            command = ["python3", "adapter.py"]
            time-ms-max = 250
            media-types = { legacy = "text/plain", contract-side = "application/json" }
            refusals = { bad-date = "a date is none of the calendar" }
            fields = ["person/born"]
            "#,
        );
        assert_eq!(findings, [""; 0]);
        let program = program.unwrap();
        assert_eq!(program.command, ["python3", "adapter.py"]);
        assert_eq!((program.time_ms_max, program.processes_max), (250, 2));
        let types = program.media_types.unwrap();
        assert_eq!(
            (types.legacy.essence(), types.contract_side.essence()),
            ("text/plain", "application/json")
        );
    }

    #[test]
    fn what_a_program_makes_up_is_not_shown() {
        let (program, _) = read(
            r#"
            [program]
            command = ["python3"]
            refusals = { bad-date = "a date is none of the calendar" }
            fields = ["person/born"]
            "#,
        );
        let program = program.unwrap();
        let said =
            |word, offset, field| program.fault(Refusal { word, offset, field }, 100).to_string();
        insta::assert_snapshot!([
            said("bad-date", Some(17), Some("person/born")),
            said("bad-date", Some(101), Some("0101700001")),
            said("secret-0101700001", Some(17), None),
        ].join("\n"), @r"
        a date is none of the calendar (byte 17, person/born)
        a date is none of the calendar (byte 0)
        the program refuses the message by a word that the adapter does not declare (byte 17)
        ");
    }

    #[test]
    fn a_description_that_says_nothing_that_can_run_is_refused() {
        let wrong = [
            "[program]",
            "[program]\ncommand = []",
            "[program]\ncommand = 'python3'",
            "[program]\ncommand = ['a', \"b\\u0000\"]",
            "[program]\ncommand = ['a']\ntime-ms-max = 0",
            "[program]\ncommand = ['a']\nrefusals = { 'Two Words' = 'x' }",
            "[program]\ncommand = ['a']\ntimeout = 1",
        ];
        let told: Vec<String> = wrong.iter().flat_map(|text| read(text).1).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        adapter.toml:1:1 C0104 `command` is missing
        adapter.toml:2:11 C0105 a command is a list of texts: the program, then its arguments
        adapter.toml:2:11 C0103 `command` takes a list, not a text
        adapter.toml:2:11 C0105 a command is a list of texts: the program, then its arguments
        adapter.toml:3:15 C0105 `time-ms-max` must lie between 1 and 3600000
        adapter.toml:3:14 C0105 a word of refusal has 1 to 100 small letters, digits and `-`
        adapter.toml:3:1 C0102 there is no key `timeout` here
          hint: keys here: answer-bytes-max, command, fields, media-types, memory-bytes-max, processes-max, refusals, starts-per-minute-max, time-ms-max
        ");
    }
}
