//! Acknowledgements of syntax: `CONTRL` (ISO 9735-4), made from what became of an interchange, and read.
//!
//! One acknowledgement answers one interchange. It names each message that was refused, with the segments and elements
//! that are wrong by their positions; messages that it does not name are acknowledged with the level above.

use super::{
    head::{InterchangeHead, MessageHead, Side},
    manner::Written,
    problem::Problem,
    service::Service,
};
use crate::tree::{NodeId, Tree};

/// What is done with an interchange or a message (data element 0083).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It is rejected, with all that it holds.
    Rejected,
    /// It is acknowledged, and what it holds with it unless rejected by name.
    Acknowledged,
    /// It has arrived; nothing is said of what it holds.
    Received,
}

impl Action {
    /// The code of the data element.
    pub fn code(self) -> &'static str {
        match self {
            Self::Rejected => "4",
            Self::Acknowledged => "7",
            Self::Received => "8",
        }
    }

    fn of(code: &str) -> Option<Self> {
        let all = [Self::Rejected, Self::Acknowledged, Self::Received];
        all.into_iter().find(|action| action.code() == code)
    }
}

/// A message that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its header.
    pub head: MessageHead,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// What became of one interchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    head: InterchangeHead,
    problem: Option<Problem>,
    refused: Vec<Refusal>,
}

/// What an acknowledgement needs that does not follow from the interchange: this crate knows no clock and no numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp<'s> {
    /// The control reference of the acknowledgement's own interchange, up to 14 characters.
    pub reference: &'s str,
    /// Its date: six digits, or eight from syntax version 4 on.
    pub date: &'s str,
    /// Its time: four digits.
    pub time: &'s str,
}

impl Outcome {
    /// The outcome of an interchange of which nothing is refused yet.
    pub fn new(head: InterchangeHead) -> Self {
        Self { head, problem: None, refused: Vec::new() }
    }

    /// Refuses a message.
    pub fn refuse(&mut self, head: MessageHead, problems: Vec<Problem>) {
        self.refused.push(Refusal { head, problems });
    }

    /// Refuses the whole interchange.
    pub fn refuse_all(&mut self, problem: Problem) {
        self.problem = Some(problem);
    }

    /// Whether nothing is refused.
    pub fn is_positive(&self) -> bool {
        self.problem.is_none() && self.refused.is_empty()
    }

    /// The interchange that tells the sender, with `UNOC:3` or the syntax that the sender uses.
    pub fn acknowledgement(&self, stamp: Stamp<'_>) -> Vec<u8> {
        let mut out = Out { bytes: Vec::new(), n_segments: 0 };
        let head = &self.head;
        let is_known = matches!(head.version.as_str(), "1" | "2" | "3" | "4");
        let (syntax, version) =
            if is_known { (&*head.syntax, &*head.version) } else { ("UNOC", "3") };
        let (sender, recipient) = (side(&head.recipient), side(&head.sender));
        out.segment(
            b"UNB",
            &[
                &[syntax, version],
                &sender,
                &recipient,
                &[stamp.date, stamp.time],
                &[stamp.reference],
            ],
        );
        out.n_segments = 0;
        let edition: &[&str] = match version {
            "4" => &["CONTRL", "4", "1", "UN"],
            _ => &["CONTRL", "D", "3", "UN"],
        };
        out.segment(b"UNH", &[&["1"], edition]);
        self.interchange(&mut out);
        if self.problem.is_none() {
            self.refused.iter().for_each(|refusal| message(&mut out, refusal));
        }
        let count = (out.n_segments + 1).to_string();
        out.segment(b"UNT", &[&[&count], &["1"]]);
        out.segment(b"UNZ", &[&["1"], &[stamp.reference]]);
        out.bytes
    }

    fn interchange(&self, out: &mut Out) {
        let (sender, recipient) = (side(&self.head.sender), side(&self.head.recipient));
        let action = match self.problem {
            Some(_) => Action::Rejected,
            None => Action::Acknowledged,
        };
        let told = self.problem.as_ref().map(Told::of).unwrap_or_default();
        let position = told.position();
        out.segment(
            b"UCI",
            &[
                &[&self.head.reference],
                &sender,
                &recipient,
                &[action.code()],
                &[&told.error],
                &[&told.tag],
                &position,
            ],
        );
    }
}

fn side(side: &Side) -> [&str; 2] {
    [&side.id, &side.qualifier]
}

/// What an acknowledgement says of one problem.
#[derive(Default)]
struct Told {
    error: String,
    tag: String,
    element: String,
    component: String,
}

impl Told {
    fn of(problem: &Problem) -> Self {
        let unless_zero = |number: u32| match number {
            0 => String::new(),
            number => number.to_string(),
        };
        Self {
            error: problem.kind.syntax_error().to_string(),
            tag: String::from_utf8_lossy(&problem.tag).trim_end().to_owned(),
            element: unless_zero(problem.element),
            component: unless_zero(problem.component),
        }
    }

    fn position(&self) -> [&str; 2] {
        [&self.element, &self.component]
    }
}

/// A refused message: what is wrong with its header or trailer in `UCM`, with its segments in `UCS` and `UCD`.
fn message(out: &mut Out, refusal: &Refusal) {
    let identifier = refusal.head.identifier.each_ref().map(String::as_str);
    let is_around = |problem: &&Problem| matches!(&problem.tag, b"UNH" | b"UNT" | b"UNZ" | b"UNE");
    let told = refusal.problems.iter().find(is_around).map(Told::of).unwrap_or_default();
    let position = told.position();
    out.segment(
        b"UCM",
        &[
            &[&refusal.head.reference],
            &identifier,
            &[Action::Rejected.code()],
            &[&told.error],
            &[&told.tag],
            &position,
        ],
    );
    let mut within: Vec<_> =
        refusal.problems.iter().filter(|problem| !is_around(problem)).collect();
    within.sort_by_key(|problem| (problem.segment, problem.element > 0));
    let mut last = None;
    for problem in within {
        let told = Told::of(problem);
        let is_of_segment = problem.element == 0;
        if last != Some(problem.segment) {
            let error = if is_of_segment { &*told.error } else { "" };
            out.segment(b"UCS", &[&[&problem.segment.to_string()], &[error]]);
            last = Some(problem.segment);
        }
        if !is_of_segment {
            let position = told.position();
            out.segment(b"UCD", &[&[&told.error], &position]);
        }
    }
}

/// The segments of an acknowledgement.
struct Out {
    bytes: Vec<u8>,
    n_segments: u64,
}

impl Out {
    fn segment(&mut self, tag: &[u8], elements: &[&[&str]]) {
        let service = Service::USUAL;
        let mut written = Written::new(tag, &service);
        for components in elements {
            written.element(false);
            for text in *components {
                written.component();
                text.bytes().for_each(|byte| written.byte(byte));
            }
        }
        self.bytes.append(&mut written.bytes);
        self.bytes.push(service.terminator);
        self.n_segments += 1;
    }
}

/// An acknowledgement that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The control reference of the interchange that it answers.
    pub reference: String,
    /// What was done with it.
    pub action: Action,
    /// The references of the messages in it that were rejected.
    pub rejected: Vec<String>,
}

impl Received {
    /// What an acknowledgement says, from its tree; nothing where the tree is of another message, or says what is done
    /// by a code that is not known.
    pub fn of(tree: &Tree) -> Option<Self> {
        let message = tree.at(tree.root(), &["CONTRL"])?;
        let text = |node: NodeId, name: &str| {
            tree.at(node, &[name]).and_then(|node| tree.value(node)).unwrap_or_default()
        };
        let interchange = tree.at(message, &["UCI"])?;
        let named = |node: &NodeId| tree.name(*node) == "UCM";
        let messages = tree.descendants(message).filter(named);
        let rejected = messages.filter(|node| text(*node, "0083") == Action::Rejected.code());
        Some(Self {
            reference: text(interchange, "0020").to_owned(),
            action: Action::of(text(interchange, "0083"))?,
            rejected: rejected.map(|node| text(node, "0062").to_owned()).collect(),
        })
    }
}
