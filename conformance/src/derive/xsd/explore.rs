//! All of a schema that documents of one kind can reach: element by element, each in the smallest document that has it.

use super::change::{Change, Scene};
use super::grow::{Grower, is_there};
use super::keep::{self, Keep};
use super::proof::Proof;
use super::sites::{Declared, Site, sites};
use super::tree::{At, Element};
use super::{break_content, break_values, identity, words};
use sluse_xsd::{AnyType, Choice, Content, Shapes};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// Most elements, by declaration and type, that are looked at for one operation.
pub(crate) const SCENES_MAX: usize = 800;
/// Most negatives of one operation.
pub(crate) const NEGATIVES_MAX: usize = 3_000;
/// Most positives of one operation.
pub(crate) const POSITIVES_MAX: usize = 1_500;
/// On how many elements of simple types strangers are tried: a child, an attribute, nil.
const STRANGERS_MAX: usize = 150;
/// In how many places one element is tried.
const TRIES_MAX: usize = 3;

/// A document to begin with.
#[derive(Debug, Clone)]
pub(crate) struct Seed {
    /// The whole document.
    pub(crate) tree: Element,
    /// The elements in it that the schema judges.
    pub(crate) roots: Vec<(At, Declared)>,
    /// Whether it was made from the schema; else it is an example of the contract.
    pub(crate) is_made: bool,
    /// Whether all its elements have all their attributes.
    pub(crate) is_rich: bool,
}

/// A constraint, and what is known of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) kept: bool,
    pub(crate) broken: bool,
    /// Whether a change that breaks it was tried, and why that was of no use.
    pub(crate) why: Option<String>,
    pub(crate) tried: bool,
    /// Why no document stands at it.
    pub(crate) why_not_kept: Option<String>,
}

/// What was found, with ids from the first element on.
#[derive(Debug, Default)]
pub(crate) struct Explored {
    /// Documents that are taken.
    pub(crate) keeps: Vec<Keep>,
    /// Changes, each proved.
    pub(crate) changes: Vec<Change>,
    /// The constraints that were met, by place.
    pub(crate) constraints: BTreeMap<String, Known>,
    /// What was left out, with the reason.
    pub(crate) left_out: Vec<(String, String)>,
}

/// What was looked at in the operations before, of the same schema: it is not looked at again.
#[derive(Debug, Default)]
pub(crate) struct Met {
    /// In how many places each element was tried.
    tries: HashMap<Key, usize>,
    /// Elements whose values had their turn at their bounds.
    valued: HashSet<Declared>,
    /// Simple types on which something strange was tried: the type, and what.
    strange: HashSet<(AnyType, String)>,
}

/// Looks at all that can be reached from some documents. What is of a type alone is named below `origin`.
pub(crate) fn explore(
    shapes: Shapes<'_>,
    proof: &Proof<'_>,
    seeds: &[Seed],
    origin: &str,
    met: &mut Met,
) -> Explored {
    let mut grower = Grower::new(shapes);
    grower.origin = origin.to_owned();
    grower.is_rich = seeds.iter().any(|seed| seed.is_rich);
    let mut exploring = Exploring {
        grower,
        proof,
        queue: VecDeque::new(),
        roots: Vec::new(),
        met,
        ids: HashSet::new(),
        sent: HashSet::new(),
        count: 0,
        found: Explored::default(),
    };
    for seed in seeds {
        if seed.is_made {
            exploring.keep_seed(seed);
        }
        for site in sites(&shapes, &seed.tree, &seed.roots) {
            exploring.add(Scene { tree: seed.tree.clone(), site }, &seed.roots);
        }
    }
    exploring.all();
    exploring.found
}

/// Whether a constraint bounds values, so that a document must be made to stand at it.
fn is_bound(place: &str) -> bool {
    const BOUNDS: [&str; 11] = [
        "length",
        "minLength",
        "maxLength",
        "minInclusive",
        "maxInclusive",
        "minExclusive",
        "maxExclusive",
        "totalDigits",
        "fractionDigits",
        "enumeration",
        "pattern",
    ];
    place.rsplit('/').next().is_some_and(|last| BOUNDS.contains(&last))
}

/// Whether a change puts something strange on a value.
fn is_strange(id: &str) -> bool {
    matches!(id, "child" | "attribute.unknown" | "nil.forbidden")
}

/// What tells elements apart.
type Key = (Declared, AnyType);

/// A scene, what of its document the schema judges, and whether its element is looked at for the first time.
type Waiting = (Scene, Vec<(At, Declared)>, bool);

struct Exploring<'e> {
    grower: Grower<'e>,
    proof: &'e Proof<'e>,
    queue: VecDeque<Waiting>,
    /// What the schema judges of the document that is looked at.
    roots: Vec<(At, Declared)>,
    met: &'e mut Met,
    ids: HashSet<String>,
    /// The documents that are sent already.
    sent: HashSet<Element>,
    /// Elements that were looked at.
    count: usize,
    found: Explored,
}

impl Exploring<'_> {
    /// Takes a scene on, unless its element was looked at often enough.
    fn add(&mut self, scene: Scene, roots: &[(At, Declared)]) {
        let tries = self.met.tries.entry((scene.site.declared, scene.site.of_type)).or_insert(0);
        if *tries < TRIES_MAX {
            *tries += 1;
            let is_first = *tries == 1;
            self.queue.push_back((scene, roots.to_vec(), is_first));
        }
    }

    fn is_new(&self, declared: Declared, of_type: AnyType) -> bool {
        !self.met.tries.contains_key(&(declared, of_type))
    }

    fn all(&mut self) {
        while let Some((scene, roots, is_first)) = self.queue.pop_front() {
            self.count += 1;
            let place = scene.place(&self.grower);
            if self.count > SCENES_MAX {
                self.leave_out(place, format!("the limit of {SCENES_MAX} elements is reached"));
                continue;
            }
            if self.proof.is_spent() {
                self.leave_out(place, "the number of judgements is used up".to_owned());
                continue;
            }
            self.grower.begin(10);
            self.roots.clone_from(&roots);
            self.scene(&scene, &roots, is_first);
        }
    }

    fn leave_out(&mut self, place: String, why: String) {
        if !self.found.left_out.iter().any(|(each, _)| *each == place) {
            self.found.left_out.push((place, why));
        }
    }

    fn scene(&mut self, scene: &Scene, roots: &[(At, Declared)], is_first: bool) {
        let full = self.full(scene, roots, is_first);
        self.break_all(full.as_ref().unwrap_or(scene));
        if is_first {
            self.keep_all(scene, full.as_ref());
            self.children(scene, full.is_some(), roots);
        }
    }

    /// The scene with all that fits, where that is taken.
    fn full(&mut self, scene: &Scene, roots: &[(At, Declared)], is_first: bool) -> Option<Scene> {
        let mut keep = keep::full(&mut self.grower, scene)?;
        let settled = self.taken(&keep.tree);
        keep.tree = settled.unwrap_or(keep.tree);
        let tree = keep.tree.clone();
        let is_taken = if is_first { self.keep(scene, keep) } else { self.proof.takes(&tree) };
        let site = is_taken.then(|| self.site_of(&tree, roots, &scene.site.at)).flatten()?;
        Some(Scene { tree, site })
    }

    /// A document that is taken, its references to keys settled where need be; nothing where it is not.
    fn taken(&self, tree: &Element) -> Option<Element> {
        if self.proof.takes(tree) {
            return Some(tree.clone());
        }
        let settled = super::settled(&self.grower, tree.clone(), self.roots.clone()).tree;
        (settled != *tree && self.proof.takes(&settled)).then_some(settled)
    }

    fn site_of(&self, tree: &Element, roots: &[(At, Declared)], at: &At) -> Option<Site> {
        sites(&self.grower.shapes, tree, roots).into_iter().find(|site| site.at == *at)
    }

    fn keep_all(&mut self, scene: &Scene, full: Option<&Scene>) {
        let rich = full.unwrap_or(scene);
        if let Some(least) = keep::least(&mut self.grower, rich) {
            self.keep(scene, least);
        }
        let mut keeps = keep::branches(&mut self.grower, scene);
        keeps.extend(keep::repeated(&mut self.grower, rich));
        keeps.extend(keep::instances(&mut self.grower, scene));
        keeps.extend(keep::rounds(&self.grower, rich, &mut self.met.valued));
        for keep in keeps {
            self.keep(scene, keep);
        }
    }

    /// Takes a document on that is taken, else what it does one by one.
    fn keep(&mut self, scene: &Scene, mut keep: Keep) -> bool {
        if self.found.keeps.len() >= POSITIVES_MAX {
            for place in keep.places {
                self.constraint(place).why_not_kept =
                    Some(format!("the limit of {POSITIVES_MAX} positives is reached"));
            }
            return false;
        }
        let parts = std::mem::take(&mut keep.parts);
        if let Some(tree) = self.taken(&keep.tree) {
            keep.tree = tree;
            for place in keep.places.clone() {
                self.constraint(place).kept = true;
            }
            if self.sent.insert(keep.tree.clone()) {
                keep.id = self.id(scene, &keep.id);
                self.found.keeps.push(keep);
            }
            return true;
        }
        if parts.len() > 1 {
            for part in parts {
                self.keep(scene, part);
            }
            return false;
        }
        for place in keep.places {
            let known = self.constraint(place);
            if !known.kept {
                known.why_not_kept =
                    Some("what stands at it breaks another rule of the contract".to_owned());
            }
        }
        false
    }

    fn break_all(&mut self, scene: &Scene) {
        let mut changes = break_content::changes(&mut self.grower, scene);
        changes.extend(break_values::changes(&mut self.grower, scene));
        changes.extend(self.identities(scene));
        let is_value = matches!(scene.site.of_type, AnyType::Simple(_));
        for change in changes {
            // What no simple type takes is the same for all elements of the type.
            if is_value && is_strange(&change.id) {
                let key = (scene.site.of_type, change.id.clone());
                if self.count > STRANGERS_MAX || self.met.strange.contains(&key) {
                    continue;
                }
                self.met.strange.insert(key);
            }
            self.break_one(scene, change);
        }
    }

    fn identities(&mut self, scene: &Scene) -> Vec<Change> {
        let mut all = identity::changes(&self.grower, scene);
        if scene.site.trail.len() == 1 {
            all.extend(identity::id_twice(&self.grower, scene));
        }
        all
    }

    fn break_one(&mut self, scene: &Scene, mut change: Change) {
        let id = self.full_id(scene, &change.id);
        if self.ids.contains(&id) && self.constraint(change.place.clone()).broken {
            return;
        }
        let limit = self.found.changes.len() >= NEGATIVES_MAX;
        let proved = match limit {
            true => Err(format!("the limit of {NEGATIVES_MAX} negatives is reached")),
            false => self.proof.breaks(&change),
        };
        let known = self.constraint(change.place.clone());
        known.tried = true;
        match proved {
            Ok(()) => {
                known.broken = true;
                known.why = None;
                // The document before the change keeps to what is not a bound of values.
                known.kept |= !is_bound(&change.place);
                change.id = self.id(scene, &change.id);
                self.found.changes.push(change);
            }
            Err(why) if !known.broken => known.why = Some(why),
            Err(_) => {}
        }
    }

    /// A document that an operation begins with, as it is.
    fn keep_seed(&mut self, seed: &Seed) {
        let Some((at, _)) = seed.roots.first() else { return };
        let Some(site) = self.site_of(&seed.tree, &seed.roots, at) else { return };
        let scene = Scene { tree: seed.tree.clone(), site };
        let what = format!("the smallest message with `{}`", scene.words());
        let places = vec![scene.place(&self.grower)];
        self.keep(&scene, Keep::of("smallest", what, places, seed.tree.clone()));
    }

    fn constraint(&mut self, place: String) -> &mut Known {
        self.found.constraints.entry(place).or_default()
    }

    fn full_id(&self, scene: &Scene, id: &str) -> String {
        format!("{}.{id}", scene.site.trail.join("."))
    }

    /// An id that no other case has.
    fn id(&mut self, scene: &Scene, id: &str) -> String {
        let full = self.full_id(scene, id);
        let mut unique = full.clone();
        let mut n = 1;
        while !self.ids.insert(unique.clone()) {
            n += 1;
            unique = format!("{full}.{n}");
        }
        unique
    }

    /// Takes on what may stand in an element, each in a document of its own where it is not there yet.
    fn children(&mut self, scene: &Scene, is_full_taken: bool, roots: &[(At, Declared)]) {
        let Some(complex) = scene.complex() else { return };
        let shapes = self.grower.shapes;
        let Content::Elements { model, .. } = shapes.content(complex) else { return };
        let word = scene.site.word.clone();
        for choice in words::choices(&shapes, model) {
            let Choice::Element(id) = choice else { continue };
            let Some(declared) = shapes.element(id).filter(|_| is_there(&shapes, choice)) else {
                continue;
            };
            if word.contains(&choice) || !self.is_new(Declared::Element(id), declared.of_type) {
                continue;
            }
            let allowed = |choice: Choice| is_there(&shapes, choice);
            let longer = words::inserted(&shapes, model, &word, choice, &allowed)
                .or_else(|| words::instead(&shapes, model, &word, choice));
            let place = shapes.place(id);
            let Some(longer) = longer else {
                self.leave_out(place, "no content was found that has it".to_owned());
                continue;
            };
            let mut tree = scene.tree.clone();
            let Some(element) = tree.at_mut(&scene.site.at) else { continue };
            keep::rewrite(&mut self.grower, element, &word, &longer);
            let Some(index) = longer.iter().position(|each| *each == choice) else { continue };
            if tree.at(&scene.site.at).is_none_or(|each| each.element_count() != longer.len()) {
                self.leave_out(
                    place,
                    "an element of its kind cannot be made: its content never ends".to_owned(),
                );
                continue;
            }
            self.child(scene, &tree, index, is_full_taken, declared.local, roots);
        }
    }

    fn child(
        &mut self,
        scene: &Scene,
        tree: &Element,
        index: usize,
        is_full_taken: bool,
        local: &str,
        roots: &[(At, Declared)],
    ) {
        let settled = self.taken(tree);
        let tree = settled.as_ref().unwrap_or(tree);
        let constraint = format!("{}/{local}/minOccurs", scene.place(&self.grower));
        let what = format!("`{}` with a `{local}`", scene.words());
        let present = Keep {
            id: format!("{local}.present"),
            what,
            places: vec![constraint],
            tree: tree.clone(),
            parts: Vec::new(),
        };
        // Where all of them side by side are taken, each for itself need not be sent as well.
        let is_taken =
            if is_full_taken { self.proof.takes(tree) } else { self.keep(scene, present) };
        let at = scene.child(index);
        match self.site_of(tree, roots, &at).filter(|_| is_taken) {
            Some(site) => {
                let below = sites(&self.grower.shapes, tree, roots);
                self.add(Scene { tree: tree.clone(), site }, roots);
                let below = below
                    .into_iter()
                    .filter(|site| site.at.len() > at.len() && site.at.starts_with(&at));
                for site in below.collect::<Vec<_>>() {
                    if self.is_new(site.declared, site.of_type) {
                        self.add(Scene { tree: tree.clone(), site }, roots);
                    }
                }
            }
            None => {
                let place = format!("{}/{local}", scene.place(&self.grower));
                self.leave_out(
                    place,
                    "no document with it is taken by all rules of the contract".to_owned(),
                );
            }
        }
    }
}
