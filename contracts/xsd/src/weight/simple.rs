//! Simple types that stand on each other (Part 2, section 4.1.3, and Part 1, section 3.14.6).
//!
//! The front end follows members of unions and items of lists without looking back: a union of itself takes it down, and one
//! that doubles with each of thirty types never ends. So types are followed here first, on the documents as they stand.

use super::{Name, Place, Scales};
use crate::fault::{SchemaFault, beyond};
use crate::types::{TRIED_MAX, TYPES_DEPTH_MAX as DEPTH_MAX};
use std::collections::HashMap;

/// What following a type comes to.
#[derive(Clone, Copy)]
enum Followed {
    /// It is being followed: whoever comes to it again goes in a circle.
    Open,
    /// How many types are come to, each as often as it is.
    Types(u64),
}

/// What stops the following of types.
struct Stopped {
    place: Place,
    what: Wrong,
}

enum Wrong {
    Circle,
    TooDeep,
    TooMany,
}

impl Scales<'_> {
    /// Whether simple types lead to themselves, or to more than can be followed.
    pub(super) fn check_simple_types(&mut self) -> Result<(), SchemaFault> {
        let mut named: HashMap<Name, Vec<Place>> = HashMap::new();
        let mut places = Vec::new();
        for (at, (_, _, document)) in self.documents.iter().enumerate() {
            for node in document.descendants(document.root()) {
                let place = (at, node);
                if self.kind(place) != "simpleType" {
                    continue;
                }
                if let Some(local) = self.attribute(place, "name") {
                    let name =
                        ("simpleType", self.target_namespace(place), local.trim().to_owned());
                    named.entry(name).or_default().push(place);
                    places.push(place);
                }
            }
        }
        let mut known = HashMap::new();
        for place in places {
            let followed = self.follow(place, &named, &mut known, 0);
            followed.map_err(|stopped| self.simple_fault(&stopped))?;
        }
        Ok(())
    }

    /// How many types a definition comes to.
    fn follow(
        &self,
        place: Place,
        named: &HashMap<Name, Vec<Place>>,
        known: &mut HashMap<Place, Followed>,
        depth: usize,
    ) -> Result<u64, Stopped> {
        match known.get(&place) {
            Some(Followed::Types(types)) => return Ok(*types),
            Some(Followed::Open) => return Err(Stopped { place, what: Wrong::Circle }),
            None if depth > DEPTH_MAX => return Err(Stopped { place, what: Wrong::TooDeep }),
            None => {}
        }
        known.insert(place, Followed::Open);
        let mut types = 1_u64;
        for at in self.stands_on(place, named) {
            types = types.saturating_add(self.follow(at, named, known, depth + 1)?);
        }
        if types > TRIED_MAX {
            return Err(Stopped { place, what: Wrong::TooMany });
        }
        known.insert(place, Followed::Types(types));
        Ok(types)
    }

    /// The types that a definition names or holds, each as often as it does.
    fn stands_on(&self, place: Place, named: &HashMap<Name, Vec<Place>>) -> Vec<Place> {
        let mut found = Vec::new();
        for part in self.children(place) {
            let names = match self.kind(part) {
                "restriction" => self.attribute(part, "base"),
                "list" => self.attribute(part, "itemType"),
                "union" => self.attribute(part, "memberTypes"),
                _ => continue,
            };
            let meant = names.into_iter().flat_map(str::split_ascii_whitespace);
            for name in meant.flat_map(|name| self.meant(part, name, "simpleType")) {
                // One that redefines stands on what it redefines, which has its name.
                let others = named.get(&name).into_iter().flatten();
                found
                    .extend(others.filter(|other| {
                        !(self.redefines(place) && self.same_name(place, **other))
                    }));
            }
            found.extend(
                self.children(part).into_iter().filter(|each| self.kind(*each) == "simpleType"),
            );
        }
        found
    }

    fn redefines(&self, place: Place) -> bool {
        let parent =
            self.documents.get(place.0).and_then(|(_, _, document)| document.parent(place.1));
        parent.is_some_and(|parent| self.kind((place.0, parent)) == "redefine")
    }

    fn same_name(&self, place: Place, other: Place) -> bool {
        self.attribute(place, "name") == self.attribute(other, "name")
    }

    fn simple_fault(&self, stopped: &Stopped) -> SchemaFault {
        let limit = |what: &str, name, max| self.fault(stopped.place, &beyond(what, name, max));
        match stopped.what {
            Wrong::Circle => SchemaFault {
                constraint: "st-props-correct.2".to_owned(),
                over_budget: false,
                ..self.fault(
                    stopped.place,
                    "the simple type stands on itself, by its members, its items or its base",
                )
            },
            Wrong::TooDeep => limit(
                "simple types stand on each other too deep",
                "types-depth-max",
                DEPTH_MAX as u64,
            ),
            Wrong::TooMany => {
                limit("a simple type stands on too many others", "tried-max", TRIED_MAX)
            }
        }
    }
}
