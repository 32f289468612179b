//! From schemas to how their XML bodies are written. What leaves the reading open is told once, as the plan's reason.

use super::{
    super::{
        reader::{At, Reader},
        shape::{Kind, kinds},
    },
    plan::{Form, Plan, Shape, Slot, Xml},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// Most schemas that one body may be made of.
const SHAPES_MAX: usize = 20_000;

/// Why a value of several schemas cannot be read.
const DIFFERS: &str = "its schemas say differently how one value is written";

/// How bodies of a schema are written.
pub(in super::super) fn plan<'d>(reader: &mut Reader<'d>, schema: &At<'d>) -> Plan {
    let mut gathering =
        Gathering { reader, plan: Plan::default(), ids: HashMap::new(), waiting: VecDeque::new() };
    gathering.shape(vec![schema.clone()]);
    while let Some((id, schemas)) = gathering.waiting.pop_front() {
        if gathering.plan.shapes.len() > SHAPES_MAX {
            gathering.unclear("it is made of more schemas than the limit");
            break;
        }
        let shape = gathering.fill(&schemas);
        if let Some(slot) = gathering.plan.shapes.get_mut(id) {
            *slot = shape;
        }
    }
    if gathering.plan.unclear.is_none() {
        gathering.name_all();
        gathering.root(schema);
    }
    gathering.plan
}

/// The schemas that a value must fit, or may fit, each where it stands.
struct Leaf<'d> {
    at: At<'d>,
    /// Whether it is the schema itself, by whatever reference, and not one that it is made of.
    own: bool,
    /// Whether every value must fit it.
    always: bool,
}

struct Gathering<'r, 'd> {
    reader: &'r mut Reader<'d>,
    plan: Plan,
    ids: HashMap<Vec<(String, String)>, usize>,
    waiting: VecDeque<(usize, Vec<At<'d>>)>,
}

impl<'d> Gathering<'_, 'd> {
    fn unclear(&mut self, why: &'static str) {
        self.plan.unclear.get_or_insert(why);
    }

    /// The number of the shape of values that these schemas speak of.
    fn shape(&mut self, schemas: Vec<At<'d>>) -> usize {
        let key: BTreeSet<(String, String)> =
            schemas.iter().map(|at| (at.file.clone(), at.pointer.clone())).collect();
        let key: Vec<_> = key.into_iter().collect();
        if let Some(id) = self.ids.get(&key) {
            return *id;
        }
        let id = self.plan.shapes.len();
        self.plan.shapes.push(Shape::default());
        self.ids.insert(key, id);
        self.waiting.push_back((id, schemas));
        id
    }

    fn fill(&mut self, schemas: &[At<'d>]) -> Shape {
        let mut leaves = Vec::new();
        let mut seen = HashSet::new();
        let mut xml: Option<Xml> = None;
        for schema in schemas {
            let before = leaves.len();
            self.flatten(schema, (true, true), &mut seen, &mut leaves);
            let one = self.xml(leaves.get(before..).unwrap_or_default());
            // One that says nothing contradicts nothing.
            if one != Xml::default() && *xml.get_or_insert_with(|| one.clone()) != one {
                self.unclear(DIFFERS);
            }
        }
        let mut shape = Shape { xml: xml.unwrap_or_default(), ..Shape::default() };
        let mut members: BTreeMap<&'d str, Vec<At<'d>>> = BTreeMap::new();
        let (mut items, mut others) = (Vec::new(), Vec::new());
        for leaf in &leaves {
            let at = &leaf.at;
            shape.kinds.extend(kinds(at.value));
            for (name, member) in
                at.member("properties").map(|all| all.members()).unwrap_or_default()
            {
                members.entry(name).or_default().push(member);
            }
            items.extend(at.member("items"));
            others
                .extend(at.member("additionalProperties").filter(|each| !each.value.is_boolean()));
            if leaf.always {
                let required = at.items_of("required");
                shape.required.extend(
                    required.iter().filter_map(|name| Some(name.value.as_str()?.to_owned())),
                );
            }
            self.check_keywords(at);
        }
        shape.members = members
            .into_iter()
            .map(|(name, schemas)| (name.to_owned(), self.shape(schemas)))
            .collect();
        shape.items = (!items.is_empty()).then(|| self.shape(items));
        shape.others = (!others.is_empty()).then(|| self.shape(others));
        if shape.kinds.is_empty() {
            shape.kinds.extend(
                (!shape.members.is_empty() || shape.others.is_some()).then_some(Kind::Object),
            );
            shape.kinds.extend(shape.items.map(|_| Kind::Array));
        }
        shape.kinds.sort_unstable();
        shape.kinds.dedup();
        self.check_kinds(&shape);
        shape
    }

    /// A schema and all that it is made of.
    fn flatten(
        &self,
        at: &At<'d>,
        (own, always): (bool, bool),
        seen: &mut HashSet<(String, String)>,
        leaves: &mut Vec<Leaf<'d>>,
    ) {
        if !seen.insert((at.file.clone(), at.pointer.clone())) || seen.len() > SHAPES_MAX {
            return;
        }
        leaves.push(Leaf { at: at.clone(), own, always });
        let reference = at.value.get("$ref").and_then(Value::as_str);
        if let Some(target) = reference.and_then(|reference| self.reader.resolve(at, reference)) {
            self.flatten(&target, (own, always), seen, leaves);
        }
        for (keyword, must) in [("allOf", true), ("anyOf", false), ("oneOf", false)] {
            for part in at.items_of(keyword) {
                self.flatten(&part, (false, always && must), seen, leaves);
            }
        }
        for part in ["then", "else"].iter().filter_map(|keyword| at.member(keyword)) {
            self.flatten(&part, (false, false), seen, leaves);
        }
    }

    /// What is said of how a value is written: by its own schema, the outermost first, else by those that it is made of.
    fn xml(&mut self, leaves: &[Leaf<'d>]) -> Xml {
        let stated = leaves.iter().filter_map(|leaf| Some((leaf.own, leaf.at.member("xml")?)));
        let stated: Vec<(bool, At<'d>)> = stated.collect();
        for (_, xml) in &stated {
            self.plan.names.extend(xml.text("name").map(str::to_owned));
            if xml.value.get("nodeType").is_some() {
                self.unclear("it states a `nodeType`, which is of OpenAPI 3.2");
            }
        }
        let texts = |own: bool, key: &'static str| {
            let of = stated.iter().filter(move |(is_own, _)| *is_own == own);
            of.filter_map(move |(_, xml)| xml.text(key).map(str::to_owned))
        };
        let flags = |own: bool, key: &'static str| {
            let of = stated.iter().filter(move |(is_own, _)| *is_own == own);
            of.filter_map(move |(_, xml)| xml.value.get(key)?.as_bool())
        };
        let mut other_names: Vec<String> = texts(false, "name").collect();
        other_names.dedup();
        let flag = |key| flags(true, key).next().or_else(|| flags(false, key).next());
        let xml = Xml {
            name: texts(true, "name").next(),
            other_names,
            namespace: texts(true, "namespace").next().or_else(|| texts(false, "namespace").next()),
            attribute: flag("attribute").unwrap_or_default(),
            wrapped: flag("wrapped").unwrap_or_default(),
        };
        let differs = |key| {
            flags(true, key).next().is_none()
                && flags(false, key).collect::<BTreeSet<_>>().len() > 1
        };
        let namespaces: BTreeSet<String> = texts(false, "namespace").collect();
        let is_open = namespaces.len() > 1 && texts(true, "namespace").next().is_none();
        if differs("attribute") || differs("wrapped") || is_open {
            self.unclear(DIFFERS);
        }
        xml
    }

    fn check_keywords(&mut self, at: &At<'d>) {
        let has = |name: &str| at.value.get(name).is_some_and(|value| !value.is_boolean());
        if has("patternProperties") {
            self.unclear("it has members that are known by a pattern");
        }
        if has("prefixItems") || at.value.get("items").is_some_and(Value::is_array) {
            self.unclear("it has lists whose items differ by their place");
        }
    }

    fn check_kinds(&mut self, shape: &Shape) {
        let counted = |kinds: &[Kind]| kinds.iter().any(|kind| shape.is(*kind));
        let numbers = counted(&[Kind::Integer, Kind::Number]);
        let several = usize::from(numbers)
            + usize::from(shape.is(Kind::Boolean))
            + usize::from(shape.is(Kind::String));
        if several > 1 {
            self.unclear("a text may stand for values of several types");
        }
        if shape.is(Kind::Array)
            && shape.kinds.iter().any(|kind| !matches!(kind, Kind::Array | Kind::Null))
        {
            self.unclear("a value may be a list or none");
        }
        if shape.xml.attribute && counted(&[Kind::Array, Kind::Object]) {
            self.unclear("an attribute would hold a list or an object");
        }
    }

    /// Settles, where all shapes are known, which element or attribute each member is.
    fn name_all(&mut self) {
        let slots: Vec<Vec<(bool, Vec<String>, Slot)>> = self
            .plan
            .shapes
            .iter()
            .map(|shape| {
                let members = shape.members.iter();
                members.filter_map(|(name, id)| self.plan.slot(name, *id)).collect()
            })
            .collect();
        let is_list =
            |id: &usize| self.plan.shapes.get(*id).is_some_and(|shape| shape.is(Kind::Array));
        let is_list_of_lists =
            |shape: &Shape| shape.is(Kind::Array) && shape.items.as_ref().is_some_and(is_list);
        if self.plan.shapes.iter().any(|shape| shape.others.as_ref().is_some_and(is_list)) {
            return self.unclear("a member that is not named may be a list");
        }
        if self.plan.shapes.iter().any(is_list_of_lists) {
            return self.unclear("it has lists of lists");
        }
        for (shape, slots) in self.plan.shapes.iter_mut().zip(slots) {
            for (is_attribute, names, slot) in slots {
                let table = if is_attribute { &mut shape.attributes } else { &mut shape.elements };
                for name in names {
                    let before = table.insert(name, slot.clone());
                    if before.is_some_and(|before| before.member != slot.member) {
                        self.plan.unclear.get_or_insert("two members are written by one name");
                    }
                }
            }
        }
    }

    /// The root element: called as its schema states, else as the description calls the schema.
    fn root(&mut self, schema: &At<'d>) {
        let Some(root) = self.plan.shapes.first() else { return };
        let reference = schema.value.get("$ref").and_then(Value::as_str);
        let component = reference.and_then(|reference| {
            let (_, pointer) = reference.split_once('#')?;
            let (above, name) = pointer.rsplit_once('/')?;
            let named = above.ends_with("/schemas") || above.ends_with("/definitions");
            named.then(|| crate::payload::unescape_step(&crate::percent::decode(name)).into_owned())
        });
        let usual: Vec<String> = component.into_iter().collect();
        self.plan.root_names = root.xml.names(&usual);
        let unsaid = root.is_open() || (self.plan.root_names.is_empty() && !root.is(Kind::Object));
        let unwrapped = root.is(Kind::Array) && !root.xml.wrapped;
        if unsaid {
            self.unclear("the description does not say what stands in it");
        } else if unwrapped {
            self.unclear("the description does not say which element holds the list");
        }
        self.plan.names.extend(usual);
    }
}

impl Plan {
    /// How a member is written: whether as an attribute, under which names, and as what.
    fn slot(&self, name: &str, id: usize) -> Option<(bool, Vec<String>, Slot)> {
        let shape = self.shapes.get(id)?;
        let usual = [name.to_owned()];
        let names = shape.xml.names(&usual);
        let one = Slot {
            member: name.to_owned(),
            shape: id,
            namespace: shape.xml.namespace.clone(),
            form: Form::One,
        };
        if !shape.is(Kind::Array) {
            return Some((shape.xml.attribute, names, one));
        }
        if shape.xml.wrapped {
            let items = self.item_names(shape, &names);
            return Some((false, names, Slot { form: Form::Wrapped(items), ..one }));
        }
        // Where no element wraps the list, the name that the list states means nothing.
        let items = self.item_names(shape, &usual);
        let (shape, namespace) = match shape.items.and_then(|id| Some((id, self.shapes.get(id)?))) {
            Some((id, item)) => (id, item.xml.namespace.clone().or(one.namespace.clone())),
            None => (usize::MAX, one.namespace.clone()),
        };
        Some((false, items, Slot { form: Form::Each, shape, namespace, ..one }))
    }

    /// The names of a list's items.
    pub(super) fn item_names(&self, list: &Shape, usual: &[String]) -> Vec<String> {
        let item = list.items.and_then(|id| self.shapes.get(id));
        item.map_or_else(|| usual.to_vec(), |item| item.xml.names(usual))
    }
}
