//! Operations by path: a tree of segments, so that finding one takes as long as the path has segments, however many paths
//! there are.
//!
//! Concrete paths go before templated ones (OpenAPI 3.1, section 4.8.8.1), segment by segment from the left. The
//! addresses of the servers may stand in front of a path, or be left out: a gateway sees what is below its upstream.

use super::template::{Segment, Template, segments};
use crate::percent::decode;
use std::{
    collections::{BTreeSet, HashMap},
    str::Split,
};

/// One segment's place in the tree.
#[derive(Debug, Default)]
struct Node {
    literal: HashMap<String, usize>,
    /// Those with the most text first.
    templated: Vec<(Segment, usize)>,
    operations: Vec<usize>,
}

/// The tree, and the paths of the servers.
#[derive(Debug, Default)]
pub(super) struct Routes {
    nodes: Vec<Node>,
    /// Those with the longest paths first.
    servers: Vec<Server>,
}

/// The path of a server, and the operations that are offered there.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) path: Template,
    pub(super) operations: BTreeSet<usize>,
}

impl Routes {
    /// The tree of these templates, numbered as they come.
    pub(super) fn new<'t>(
        templates: impl Iterator<Item = &'t Template>,
        mut servers: Vec<Server>,
    ) -> Self {
        let mut routes = Self { nodes: vec![Node::default()], servers: Vec::new() };
        for (at, template) in templates.enumerate() {
            routes.add(template, at);
        }
        servers.sort_by_key(|server| std::cmp::Reverse(server.path.segments().len()));
        routes.servers = servers;
        routes
    }

    fn add(&mut self, template: &Template, operation: usize) {
        let mut node = 0;
        for segment in template.segments() {
            let next = self.nodes.len();
            let Some(current) = self.nodes.get_mut(node) else { return };
            node = current.child(segment, next);
            if node == next {
                self.nodes.push(Node::default());
            }
        }
        if let Some(found) = self.nodes.get_mut(node) {
            found.operations.push(operation);
        }
    }

    /// Asks `choose` of the operations of each template that fits, the most concrete first, until it chooses one; and
    /// gives it with the path below its server's.
    pub(super) fn find<'p, T>(
        &self,
        path: &'p str,
        choose: &mut dyn FnMut(usize) -> Option<T>,
    ) -> Option<(T, &'p str)> {
        // A server whose path has parameters would take the beginning of many a path for its own.
        let is_plain = |server: &&Server| server.path.names().next().is_none();
        self.find_at(self.servers.iter().filter(is_plain), path, choose)
            .or_else(|| self.descend(0, segments(path), choose).map(|found| (found, path)))
            .or_else(|| {
                self.find_at(self.servers.iter().filter(|each| !is_plain(each)), path, choose)
            })
    }

    fn find_at<'s, 'p, T>(
        &self,
        mut servers: impl Iterator<Item = &'s Server>,
        path: &'p str,
        choose: &mut dyn FnMut(usize) -> Option<T>,
    ) -> Option<(T, &'p str)> {
        servers.find_map(|server| {
            let below = server.path.below(path)?;
            let mut offered =
                |at: usize| if server.operations.contains(&at) { choose(at) } else { None };
            self.descend(0, segments(below), &mut offered).map(|found| (found, below))
        })
    }

    /// As deep as the templates have segments, which are limited.
    fn descend<T>(
        &self,
        node: usize,
        mut rest: Split<'_, char>,
        choose: &mut dyn FnMut(usize) -> Option<T>,
    ) -> Option<T> {
        let node = self.nodes.get(node)?;
        let Some(segment) = rest.next() else {
            return node.operations.iter().find_map(|at| choose(*at));
        };
        if let Some(next) = node.literal.get(&*decode(segment))
            && let Some(found) = self.descend(*next, rest.clone(), choose)
        {
            return Some(found);
        }
        let mut fitting = node.templated.iter().filter(|(template, _)| template.fits(segment));
        fitting.find_map(|(_, next)| self.descend(*next, rest.clone(), choose))
    }
}

impl Node {
    /// The place of a segment below this one: `next` where there is none yet.
    fn child(&mut self, segment: &Segment, next: usize) -> usize {
        if let Some(text) = segment.literal() {
            return *self.literal.entry(text.to_owned()).or_insert(next);
        }
        if let Some((_, found)) = self.templated.iter().find(|(each, _)| each.is_alike(segment)) {
            return *found;
        }
        self.templated.push((segment.clone(), next));
        self.templated.sort_by_key(|(each, _)| std::cmp::Reverse(each.n_literal()));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn find(templates: &[&str], bases: &[&str], path: &str) -> Option<usize> {
        let compiled: Vec<Template> =
            templates.iter().map(|text| Template::compile(text).unwrap()).collect();
        let operations: BTreeSet<usize> = (0..templates.len()).collect();
        let bases = bases.iter().map(|text| Server {
            path: Template::compile(text).unwrap(),
            operations: operations.clone(),
        });
        let routes = Routes::new(compiled.iter(), bases.collect());
        routes.find(path, &mut Some).map(|(found, _)| found)
    }

    #[test]
    fn the_most_concrete_template_is_meant() {
        let templates = ["/a/{x}", "/a/b", "/a/{x}.json", "/{x}/c/d", "/a/{x}/{y}", "/", "/a/b/"];
        for (path, expected) in [
            ("/a/b", Some(1)),
            ("/a/%62", Some(1)),
            ("/a/z", Some(0)),
            ("/a/z.json", Some(2)),
            ("/a/c/d", Some(4)),
            ("/b/c/d", Some(3)),
            ("/a/c/e", Some(4)),
            ("/", Some(5)),
            ("/a/b/", Some(6)),
            ("/a", None),
            ("/a/z/", None),
            ("", Some(5)),
        ] {
            assert_eq!(find(&templates, &[], path), expected, "{path}");
        }
    }

    #[test]
    fn the_path_of_a_server_may_stand_in_front() {
        for (path, expected) in [
            ("/api/v1/permits", Some(0)),
            ("/permits", Some(0)),
            ("/api/v1", Some(1)),
            ("/api/v2/permits", None),
            ("/test/permits", Some(0)),
        ] {
            assert_eq!(
                find(&["/permits", "/"], &["/api/v1", "/{stage}"], path),
                expected,
                "{path}"
            );
        }
    }

    #[test]
    fn a_path_is_found_among_thousands() {
        let templates: Vec<String> =
            (0..5_000).map(|at| format!("/group{}/{{id}}/thing{at}", at % 50)).collect();
        let templates: Vec<&str> = templates.iter().map(String::as_str).collect();
        for at in [0, 1, 2_499, 4_999] {
            let path = format!("/group{}/17/thing{at}", at % 50);
            assert_eq!(find(&templates, &[], &path), Some(at), "{path}");
        }
        assert_eq!(find(&templates, &[], "/group1/17/thing2"), None);
    }

    proptest! {
        #[test]
        fn finds_what_trying_each_template_finds(
            templates in proptest::collection::vec("(/(a|b|\\{x\\}|\\{x\\}-\\{y\\})){1,4}", 1..20),
            path in "(/(a|b|c|a-b)){1,4}",
        ) {
            let compiled: Vec<Template> =
                templates.iter().map(|text| Template::compile(text).unwrap()).collect();
            let routes = Routes::new(compiled.iter(), Vec::new());
            let found = routes.find(&path, &mut |at| Some(at));
            let fits = compiled.iter().any(|template| template.fit(&path).is_some());
            prop_assert_eq!(found.is_some(), fits);
            if let Some((at, _)) = found {
                prop_assert!(compiled[at].fit(&path).is_some());
            }
        }
    }
}
