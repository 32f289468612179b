//! Instances of published services, generated from their schemas by a reading of its own.

use super::generate::{Attribute, Content, Element, Schemas, XSI};
use crate::{shared::shared, soap_json::Face};
use sluse_contracts::{
    Contract, ContractFiles, Direction, SchemaCache,
    schema::{
        Schema,
        soap::{SoapSide, SoapVersion},
    },
};
use sluse_xml::{Document, Limits, NodeKind};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

/// A published service, and its schema documents for the generator.
pub(super) struct Service {
    pub(super) face: Face,
    pub(super) contract: Arc<Contract>,
    pub(super) name: String,
    schemas: Schemas,
}

/// A message: its envelope, of which operation and which way.
pub(super) struct Instance {
    pub(super) operation: String,
    pub(super) direction: Direction,
    pub(super) envelope: String,
}

/// All services of a folder of Serviceplatformen.
pub(super) fn services(folder: &str) -> Vec<Service> {
    let Some(root) = shared(&format!("corpora/serviceplatformen/{folder}")) else {
        return Vec::new();
    };
    let files = files_below(&root);
    let descriptions = files.keys().filter(|path| path.ends_with(".wsdl"));
    descriptions.filter_map(|entry| service(entry, &files)).collect()
}

/// Nothing where the description has no services, being a part of others.
fn service(entry: &str, files: &BTreeMap<String, Vec<u8>>) -> Option<Service> {
    let mut all = ContractFiles::new("");
    for (path, bytes) in files {
        all.add(path, bytes.clone());
    }
    let manifest = format!(
        "id = \"local/test\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\ntitle = {{ en = \"Test\" }}\nwsdl = \"{entry}\"\n"
    );
    all.add("contract.toml", manifest);
    let (contract, _) = Contract::load(&all, &SchemaCache::new());
    let contract = contract?;
    let face = Face::new(contract.description()?.clone())?;
    let schemas = Schemas::read(&closure(entry, files));
    Some(Service { face, contract, name: entry.to_owned(), schemas })
}

fn files_below(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "xsd" || end == "wsdl") {
                let below = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(below, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// The schema documents that a description leads to.
fn closure(entry: &str, files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Arc<str>> {
    let mut open = vec![entry.to_owned()];
    let (mut seen, mut found) = (BTreeSet::new(), BTreeMap::new());
    while let Some(path) = open.pop() {
        let Some(bytes) = files.get(&path).filter(|_| seen.insert(path.clone())) else { continue };
        let text = sluse_xml::decode(bytes, None).unwrap();
        let document = Document::parse_text(&text, &Limits::default()).unwrap();
        for node in document.descendants(document.root()) {
            let location = ["schemaLocation", "location"]
                .into_iter()
                .find_map(|name| document.attribute(node, "", name));
            if document.kind(node) == NodeKind::Element
                && let Some(location) = location
            {
                open.push(resolved(&path, location));
            }
        }
        if path.ends_with(".xsd") {
            found.insert(path, Arc::from(&*text));
        }
    }
    found
}

fn resolved(base: &str, location: &str) -> String {
    let mut path = PathBuf::from(base);
    path.pop();
    for step in location.split('/') {
        match step {
            "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.to_str().unwrap().to_owned()
}

impl Service {
    /// A message of each direction of each operation, without optional parts and with all of them.
    pub(super) fn instances(&mut self) -> Vec<Instance> {
        let mut all = Vec::new();
        for full in [false, true] {
            self.schemas.full = full;
            let description: &dyn Schema = &**self.contract.description().unwrap();
            for name in self.face.operations() {
                let operation = description.soap_operation(name).unwrap();
                let sides = [
                    (Direction::Request, Some(operation.request)),
                    (Direction::Response, operation.response),
                ];
                for (direction, side) in sides {
                    let Some(side) = side else { continue };
                    let envelope = self.envelope(&side, operation.version);
                    all.push(Instance { operation: name.to_owned(), direction, envelope });
                }
            }
        }
        all
    }

    fn envelope(&self, side: &SoapSide<'_>, version: SoapVersion) -> String {
        let instance = |namespace: &str, local: &str| self.schemas.instance(namespace, local);
        let headers: Vec<Element> =
            side.headers.iter().map(|name| instance(&name.namespace, &name.local)).collect();
        let body: Vec<Element> =
            side.body.unwrap().iter().map(|name| instance(&name.namespace, &name.local)).collect();
        let mut spaces = BTreeSet::new();
        headers.iter().chain(&body).for_each(|each| namespaces(each, &mut spaces));
        let spaces: Vec<String> = spaces.into_iter().collect();
        let mut text = format!("<s:Envelope xmlns:s=\"{}\"", version.envelope());
        for (at, space) in spaces.iter().enumerate() {
            text.push_str(&format!(" xmlns:n{at}=\"{space}\""));
        }
        text.push('>');
        if !headers.is_empty() {
            text.push_str("<s:Header>");
            headers.iter().for_each(|each| write(each, &spaces, &mut text));
            text.push_str("</s:Header>");
        }
        text.push_str("<s:Body>");
        body.iter().for_each(|each| write(each, &spaces, &mut text));
        text.push_str("</s:Body></s:Envelope>");
        text
    }
}

fn namespaces(element: &Element, all: &mut BTreeSet<String>) {
    let attributes = element.attributes.iter().map(|each| &each.name.0);
    let own = std::iter::once(&element.name.0).chain(attributes);
    let xml = sluse_xml::XML_NAMESPACE;
    all.extend(own.filter(|space| !space.is_empty() && *space != xml).cloned());
    let types = element.attributes.iter().filter(|each| each.name.0 == XSI);
    all.extend(types.filter_map(|each| Some(each.value.split_once(' ')?.0.to_owned())));
    children(element).iter().for_each(|child| namespaces(child, all));
}

fn children(element: &Element) -> &[Element] {
    match &element.content {
        Content::Elements(all) | Content::Anything(all) => all,
        Content::Value(..) => &[],
    }
}

fn written(name: &(String, String), spaces: &[String]) -> String {
    if name.0 == sluse_xml::XML_NAMESPACE {
        return format!("xml:{}", name.1);
    }
    match spaces.iter().position(|space| *space == name.0) {
        Some(at) => format!("n{at}:{}", name.1),
        None => name.1.clone(),
    }
}

fn write(element: &Element, spaces: &[String], text: &mut String) {
    let escaped =
        |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let name = written(&element.name, spaces);
    text.push_str(&format!("<{name}"));
    for Attribute { name, value, .. } in &element.attributes {
        let value = match value.split_once(' ').filter(|_| name.0 == XSI) {
            Some((space, local)) => written(&(space.to_owned(), local.to_owned()), spaces),
            None => escaped(value),
        };
        text.push_str(&format!(" {}=\"{value}\"", written(name, spaces)));
    }
    text.push('>');
    if let Content::Value(value, _) = &element.content {
        text.push_str(&escaped(value));
    }
    children(element).iter().for_each(|child| write(child, spaces, text));
    text.push_str(&format!("</{name}>"));
}
