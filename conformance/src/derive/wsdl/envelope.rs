//! Envelopes around what an operation carries, and envelopes that are wrong.

use crate::derive::xsd::grow::{FOREIGN, Grower};
use crate::derive::xsd::sites::Declared;
use crate::derive::xsd::tree::{At, Child, Element, Name};
use sluse_contracts::{
    manifest::XmlName,
    schema::soap::{SoapContent, SoapOperation, SoapPart, SoapVersion},
};

/// An element of SOAP.
pub(crate) fn soap(version: SoapVersion, local: &str) -> Element {
    let mut element = Element::new(Name::new(version.envelope(), local));
    element.prefix = "soap".to_owned();
    element
}

/// The smallest request of an operation, and what of it the schema judges; nothing where it cannot be made.
pub(crate) fn request(
    grower: &mut Grower<'_>,
    operation: &SoapOperation<'_>,
) -> Option<(Element, Vec<(At, Declared)>)> {
    grower.begin(0);
    let version = operation.version;
    let mut envelope = soap(version, "Envelope");
    envelope.declarations.push(("soap".to_owned(), version.envelope().to_owned()));
    let mut header = soap(version, "Header");
    for name in &operation.request.headers {
        header.children.push(Child::Element(global(grower, name)?.0));
    }
    let at = usize::from(!header.children.is_empty());
    if at > 0 {
        envelope.children.push(Child::Element(header));
    }
    let (body, roots) = body(grower, operation, at)?;
    envelope.children.push(Child::Element(body));
    Some((envelope, roots))
}

fn body(
    grower: &mut Grower<'_>,
    operation: &SoapOperation<'_>,
    at: usize,
) -> Option<(Element, Vec<(At, Declared)>)> {
    let mut body = soap(operation.version, "Body");
    let mut roots = Vec::new();
    match &operation.request.content {
        SoapContent::Elements(names) => {
            for (index, name) in names.iter().enumerate() {
                let (element, declared) = global(grower, name)?;
                body.children.push(Child::Element(element));
                roots.push((vec![at, index], declared));
            }
        }
        SoapContent::Typed(name) => {
            let of_type = grower.shapes.named_type(&name.namespace, &name.local)?;
            let made = grower.typed(body.name.clone(), of_type)?;
            (body.children, body.attributes) = (made.children, made.attributes);
            roots.push((vec![at], Declared::Type(of_type)));
        }
        SoapContent::Wrapped { wrapper, parts } => {
            let mut element = Element::new(Name::new(&wrapper.namespace, &wrapper.local));
            for (index, (name, part)) in parts.iter().enumerate() {
                let (child, declared) = self::part(grower, name, *part)?;
                element.children.push(Child::Element(child));
                roots.push((vec![at, 0, index], declared));
            }
            body.children.push(Child::Element(element));
        }
        SoapContent::Encoded => return None,
    }
    Some((body, roots))
}

fn part(grower: &mut Grower<'_>, name: &str, part: SoapPart<'_>) -> Option<(Element, Declared)> {
    match part {
        SoapPart::Element(name) => global(grower, name),
        SoapPart::Type(of) => {
            let of_type = grower.shapes.named_type(&of.namespace, &of.local)?;
            let element = grower.typed(Name::new("", name), of_type)?;
            Some((element, Declared::Type(of_type)))
        }
    }
}

fn global(grower: &mut Grower<'_>, name: &XmlName) -> Option<(Element, Declared)> {
    let id = grower.shapes.global_element(&name.namespace, &name.local)?;
    Some((grower.element(id)?, Declared::Element(id)))
}

/// What of an example the schema judges; nothing where its body is another's.
pub(crate) fn roots(
    grower: &Grower<'_>,
    operation: &SoapOperation<'_>,
    tree: &Element,
) -> Option<Vec<(At, Declared)>> {
    let (at, body) = tree.elements().enumerate().find(|(_, each)| each.name.local == "Body")?;
    let shapes = grower.shapes;
    let element =
        |name: &XmlName| shapes.global_element(&name.namespace, &name.local).map(Declared::Element);
    let named =
        |name: &XmlName| shapes.named_type(&name.namespace, &name.local).map(Declared::Type);
    match &operation.request.content {
        SoapContent::Elements(names) if names.len() == body.element_count() => {
            let all = names.iter().enumerate();
            all.map(|(index, name)| Some((vec![at, index], element(name)?))).collect()
        }
        SoapContent::Typed(name) => Some(vec![(vec![at], named(name)?)]),
        SoapContent::Wrapped { parts, .. } => {
            let part = |part: &SoapPart<'_>| match part {
                SoapPart::Element(name) => element(name),
                SoapPart::Type(name) => named(name),
            };
            let all = parts.iter().enumerate();
            all.map(|(index, (_, each))| Some((vec![at, 0, index], part(each)?))).collect()
        }
        SoapContent::Elements(_) | SoapContent::Encoded => None,
    }
}

/// An envelope that is wrong, or right and seldom met.
pub(crate) struct Wrong {
    pub(crate) id: &'static str,
    pub(crate) what: &'static str,
    pub(crate) tree: Element,
}

/// Envelopes that each break one rule of SOAP or of the description.
pub(crate) fn wrong(operation: &SoapOperation<'_>, tree: &Element) -> Vec<Wrong> {
    let version = operation.version;
    let mut all = Vec::new();
    let mut add = |id, what, tree: Option<Element>| {
        all.extend(tree.map(|tree| Wrong { id, what, tree }));
    };
    let at = tree.elements().position(|each| each.name.local == "Body");
    let body = at.and_then(|at| tree.at(&[at]).cloned());
    let changed = |change: &dyn Fn(&mut Element) -> Option<()>| {
        let mut tree = tree.clone();
        change(&mut tree).map(|()| tree)
    };
    add(
        "envelope.no-body",
        "an envelope without a body",
        changed(&|tree| tree.remove(at?).map(drop)),
    );
    add(
        "envelope.two-bodies",
        "an envelope with two bodies",
        changed(&|tree| {
            tree.insert(at? + 1, body.clone()?);
            Some(())
        }),
    );
    add(
        "envelope.namespace",
        "an envelope of a namespace that is none of SOAP's",
        changed(&|tree| {
            renamed(tree, version.envelope(), FOREIGN);
            Some(())
        }),
    );
    let payload = body.as_ref().and_then(|body| body.elements().next().cloned());
    add("envelope.none", "what should stand in an envelope, without one", payload.clone());
    add(
        "body.empty",
        "a body with nothing in it",
        changed(&|tree| {
            payload.as_ref()?;
            tree.at_mut(&[at?])?.children.clear();
            Some(())
        }),
    );
    add(
        "body.more",
        "a body with an element more than its operation has",
        changed(&|tree| {
            let body = tree.at_mut(&[at?])?;
            let count = body.element_count();
            body.insert(count, Element::new(Name::new(FOREIGN, "undeclared")));
            Some(())
        }),
    );
    add(
        "body.unknown",
        "a body with an element of no operation",
        changed(&|tree| {
            let body = tree.at_mut(&[at?])?;
            body.children = vec![Child::Element(Element::new(Name::new(FOREIGN, "undeclared")))];
            Some(())
        }),
    );
    if let SoapContent::Wrapped { parts, .. } = &operation.request.content {
        wrapped(at, parts.len(), &changed, &mut add);
    }
    all.extend(without_header(operation, tree));
    all
}

/// An envelope without its header, where the operation has one (WS-I Basic Profile 1.1, R2738).
fn without_header(operation: &SoapOperation<'_>, tree: &Element) -> Option<Wrong> {
    let header = tree.elements().position(|each| each.name.local == "Header");
    let mut tree = tree.clone();
    tree.remove(header.filter(|_| !operation.request.headers.is_empty())?)?;
    let what = "an envelope without a header that its operation needs";
    Some(Wrong { id: "header.missing", what, tree })
}

type Changed<'c> = dyn Fn(&dyn Fn(&mut Element) -> Option<()>) -> Option<Element> + 'c;

/// Wrappers of style `rpc` that are wrong (WS-I Basic Profile 1.1, R2729 and R2735).
fn wrapped(
    at: Option<usize>,
    parts: usize,
    changed: &Changed<'_>,
    add: &mut dyn FnMut(&'static str, &'static str, Option<Element>),
) {
    add(
        "wrapper.namespace",
        "a wrapper that is of no namespace",
        changed(&|tree| {
            let wrapper = tree.at_mut(&[at?, 0])?;
            let is_qualified = !wrapper.name.namespace.is_empty();
            wrapper.name.namespace.clear();
            wrapper.prefix.clear();
            is_qualified.then_some(())
        }),
    );
    add(
        "wrapper.more",
        "a wrapper with a part more than its operation has",
        changed(&|tree| {
            let wrapper = tree.at_mut(&[at?, 0])?;
            wrapper.insert(parts, Element::new(Name::new("", "undeclared")));
            Some(())
        }),
    );
    if parts > 0 {
        add(
            "part.missing",
            "a wrapper without its last part",
            changed(&|tree| tree.at_mut(&[at?, 0])?.remove(parts - 1).map(drop)),
        );
        add(
            "part.namespace",
            "a part in a namespace that is not its own",
            changed(&|tree| {
                let part = tree.at_mut(&[at?, 0, parts - 1])?;
                FOREIGN.clone_into(&mut part.name.namespace);
                Some(())
            }),
        );
    }
}

fn renamed(element: &mut Element, from: &str, to: &str) {
    if element.name.namespace == from {
        to.clone_into(&mut element.name.namespace);
    }
    for (_, namespace) in element.declarations.iter_mut().filter(|(_, each)| each == from) {
        to.clone_into(namespace);
    }
    for child in &mut element.children {
        if let Child::Element(child) = child {
            renamed(child, from, to);
        }
    }
}

/// An envelope with a header that nobody knows, which must be understood or need not be.
pub(crate) fn with_header(version: SoapVersion, tree: &Element, must: bool) -> Element {
    let mut block = Element::new(Name::new(FOREIGN, "Undeclared"));
    if must {
        let value = if version == SoapVersion::V11 { "1" } else { "true" };
        block.set_attribute(&Name::new(version.envelope(), "mustUnderstand"), value);
    }
    let mut tree = tree.clone();
    let found = tree.elements().position(|each| each.name.local == "Header");
    match found {
        Some(at) => {
            if let Some(header) = tree.at_mut(&[at]) {
                header.children.push(Child::Element(block));
            }
        }
        None => {
            let mut header = soap(version, "Header");
            header.children.push(Child::Element(block));
            tree.insert(0, header);
        }
    }
    tree
}
