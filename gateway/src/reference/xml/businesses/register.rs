//! What stands in the register of businesses, and how it is answered.

use super::{ANSWERED, Businesses, faults::Fault};
use crate::reference::xml::{node::Node, said::moment};

/// The number of the business that is there.
pub(super) const NUMBER: &str = "24257630";
/// When it was changed last, in milliseconds since 1970.
const CHANGED_MS: u64 = 1_772_000_000_000;
/// Businesses that a search by post code finds where that is not bounded.
const UNBOUNDED: usize = 60;

const HITS: [(&str, &str); 3] =
    [(NUMBER, "Tegnestuen Søm A/S"), ("35408002", "Ærø Både"), ("10150817", "Smith & Sons")];

impl Businesses {
    /// A business, with what was asked for.
    pub(super) fn business(&self, number: &str, asked: Option<&Node>) -> Node {
        let namespace = match self.has(Fault::AnswerOtherNamespace) {
            true => "urn:example.city:businesses:2:answered",
            false => ANSWERED,
        };
        let text = |local: &str, text: &str| Node::text(namespace, local, text);
        let number = match () {
            () if self.has(Fault::AnotherBusiness) => "35408002".to_owned(),
            () if self.has(Fault::LeadingZeros) => format!("00{number}"),
            () if number.len() == NUMBER.len() && number.bytes().all(|b| b.is_ascii_digit()) => {
                number.to_owned()
            }
            () => NUMBER.to_owned(),
        };
        let mut changed = moment(CHANGED_MS, &self.variants);
        if self.has(Fault::TimeWithoutZone) {
            changed = changed.trim_end_matches('Z').to_owned();
        }
        let form = if self.has(Fault::UnknownForm) { "cooperative" } else { "limited" };
        let mut node = Node::new(namespace, "LookUpResponse")
            .with(text("Number", &number))
            .with(text("Name", "Tegnestuen Søm A/S"))
            .with(text("Form", form))
            .with(text("Founded", "1987-04-01"))
            .with(text("Changed", &changed));
        if self.has(Fault::LacksFounded) {
            node.children.retain(|child| child.local != "Founded");
        }
        self.parts(&mut node, asked, &text);
        if self.has(Fault::UndeclaredElement) {
            node.children.push(text("Rating", "A"));
        }
        let language = asked.and_then(|asked| asked.attributes.first());
        language.map_or(node.clone(), |(.., value)| node.attribute("language", value))
    }

    fn parts(&self, node: &mut Node, asked: Option<&Node>, text: &dyn Fn(&str, &str) -> Node) {
        let children = asked.map(|asked| asked.children.as_slice()).unwrap_or_default();
        let parts: Vec<&str> = children
            .iter()
            .filter(|child| child.local == "Part")
            .map(|it| it.words().trim())
            .collect();
        if parts.contains(&"address") {
            let address = Node { children: Vec::new(), ..text("Address", "") };
            let address = address
                .with(text("Street", "Åvej 7"))
                .with(text("PostCode", "5970"))
                .with(text("City", "Ærøskøbing"));
            node.children.push(address);
        }
        if parts.contains(&"employees") {
            let zeros = self.writes(super::Variant::OtherLexicalForms);
            node.children.push(text("Employees", if zeros { "+0012" } else { "12" }));
        }
        if parts.contains(&"owners") {
            node.children.push(text("Owner", "Åse Søm"));
        }
    }

    /// What a search finds.
    pub(super) fn hits(&self, asked: &Node) -> Node {
        let by_name = asked.find("Name").map(|name| name.words().trim().to_lowercase());
        let most = asked.find("Most").and_then(|most| most.words().trim().parse().ok());
        let most = most.unwrap_or(50_usize);
        let fits = |name: &str| {
            by_name.as_ref().is_none_or(|asked| name.to_lowercase().starts_with(asked.as_str()))
        };
        let found: Vec<(&str, &str)> = HITS.into_iter().filter(|(_, name)| fits(name)).collect();
        let more = found.len() > most;
        let unbounded = self.has(Fault::ManyHits) && by_name.is_none();
        let n = if unbounded { UNBOUNDED } else { found.len().min(most) };
        let hit = |(number, name): &(&str, &str)| {
            Node::new(ANSWERED, "Hit")
                .with(Node::text(ANSWERED, "Number", number))
                .with(Node::text(ANSWERED, "Name", name))
        };
        let mut node = Node::new(ANSWERED, "SearchResponse");
        node.children = found.iter().cycle().take(n).map(hit).collect();
        let word = if more { "true" } else { "false" };
        if self.has(Fault::LacksMore) { node } else { node.attribute("more", word) }
    }
}
