//! Every value of a document is in what is made of it, dropped by a row, or told to be lost: whatever the document holds,
//! and whichever rows there are.

#[cfg(test)]
mod properties {
    use proptest::prelude::*;
    use sluse_adapters::{
        adapter::{Adapter, Loss, Options, Plans, Step},
        mapping::{Lost, Way},
    };
    use sluse_contracts::{code, files::ContractFiles};
    use std::collections::BTreeSet;

    /// Which values a unit has.
    #[derive(Debug, Clone)]
    struct Unit {
        a: bool,
        b: Option<(bool, bool)>,
        n_c: usize,
        d: bool,
        /// Groups of a kind and a number: no kind, `K`, `L`.
        p: Vec<(usize, bool)>,
        e: bool,
    }

    /// Which values a document has: before its units, in them, and where there are none, behind them.
    #[derive(Debug, Clone)]
    struct Message {
        head: [bool; 4],
        units: Vec<Unit>,
        behind: bool,
    }

    fn message() -> impl Strategy<Value = Message> {
        let p = proptest::collection::vec((0..3_usize, any::<bool>()), 0..3);
        let unit = (
            any::<bool>(),
            any::<Option<(bool, bool)>>(),
            0..3_usize,
            any::<bool>(),
            p,
            any::<bool>(),
        );
        let unit = unit.prop_map(|(a, b, n_c, d, p, e)| Unit { a, b, n_c, d, p, e });
        let units = proptest::collection::vec(unit, 0..3);
        (any::<[bool; 4]>(), units, any::<bool>()).prop_map(|(head, units, behind)| Message {
            head,
            units,
            behind,
        })
    }

    /// A value of a document.
    #[derive(Debug)]
    struct Leaf {
        value: String,
        path: &'static str,
        /// The value that is carried where this one is: what a path tests is written with what it leads to.
        with: Option<String>,
    }

    /// Values by number, so that no two are the same.
    #[derive(Debug, Default)]
    struct Leaves(Vec<Leaf>);

    impl Leaves {
        fn next(&mut self, path: &'static str) -> String {
            let value = format!("v{}v", self.0.len());
            self.0.push(Leaf { value: value.clone(), path, with: None });
            value
        }
    }

    /// How a group is written, by what is in it.
    trait Writing {
        fn leaf(&self, name: &str, value: &str) -> String;
        fn group(&self, name: &str, members: &[String]) -> String;
        fn list(&self, name: &str, members: &[String]) -> String;
        fn document(&self, members: &[String]) -> String;
    }

    struct Json;
    struct Xml;

    impl Writing for Json {
        fn leaf(&self, name: &str, value: &str) -> String {
            format!("\"{name}\": \"{value}\"")
        }

        fn group(&self, name: &str, members: &[String]) -> String {
            format!("\"{name}\": {{{}}}", members.join(", "))
        }

        fn list(&self, name: &str, members: &[String]) -> String {
            let member = |text: &String| text.split_once(": ").unwrap().1.to_owned();
            format!("\"{name}\": [{}]", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }

        fn document(&self, members: &[String]) -> String {
            format!("{{{}}}", members.join(", "))
        }
    }

    impl Writing for Xml {
        fn leaf(&self, name: &str, value: &str) -> String {
            format!("<{name}>{value}</{name}>")
        }

        fn group(&self, name: &str, members: &[String]) -> String {
            format!("<{name}>{}</{name}>", members.concat())
        }

        fn list(&self, _name: &str, members: &[String]) -> String {
            members.concat()
        }

        fn document(&self, members: &[String]) -> String {
            format!("<m>{}</m>", members.concat())
        }
    }

    impl Message {
        fn written(&self, writing: &dyn Writing) -> (String, Vec<Leaf>) {
            let mut leaves = Leaves::default();
            let mut members = Vec::new();
            let names = ["a", "b", "d", "x"].into_iter().zip(["h/a", "h/b", "h/d", "h/x"]);
            let head = names.zip(self.head).filter(|(_, is_there)| *is_there);
            let head = head.map(|((name, path), _)| writing.leaf(name, &leaves.next(path)));
            let head: Vec<_> = head.collect();
            members.push(writing.group("h", &head));
            let units: Vec<_> =
                self.units.iter().map(|unit| unit.written(writing, &mut leaves)).collect();
            members.push(writing.list("u", &units));
            if self.behind && self.units.is_empty() {
                members.push(writing.leaf("behind", &leaves.next("behind")));
            }
            (writing.document(&members), leaves.0)
        }
    }

    impl Unit {
        fn written(&self, writing: &dyn Writing, leaves: &mut Leaves) -> String {
            let mut members = Vec::new();
            let leaf = |leaves: &mut Leaves, name: &str, path| {
                let value = leaves.next(path);
                writing.leaf(name, &value)
            };
            if self.a {
                members.push(leaf(leaves, "a", "u/a"));
            }
            if let Some((a, x)) = self.b {
                let a = a.then(|| leaf(leaves, "a", "u/b/a"));
                let x = x.then(|| leaf(leaves, "x", "u/b/x"));
                let group: Vec<_> = a.into_iter().chain(x).collect();
                members.push(writing.group("b", &group));
            }
            let several: Vec<_> = (0..self.n_c).map(|_| leaf(leaves, "c", "u/c")).collect();
            if !several.is_empty() {
                members.push(writing.list("c", &several));
            }
            if self.d {
                members.push(leaf(leaves, "d", "u/d"));
            }
            let several: Vec<_> =
                self.p.iter().map(|of| Self::numbered(*of, writing, leaves)).collect();
            if !several.is_empty() {
                members.push(writing.list("p", &several));
            }
            if self.e {
                members.push(leaf(leaves, "e", "u/e"));
            }
            writing.group("u", &members)
        }

        /// A group of a kind and a number.
        fn numbered(
            (kind, number): (usize, bool),
            writing: &dyn Writing,
            leaves: &mut Leaves,
        ) -> String {
            let number = number.then(|| leaves.next("u/p/n"));
            let mut members = Vec::new();
            if let Some(value) = ["", "K", "L"].get(kind).filter(|kind| !kind.is_empty()) {
                let with = number.clone().filter(|_| *value == "K");
                leaves.0.push(Leaf { value: String::new(), path: "u/p/k", with });
                members.push(writing.leaf("k", value));
            }
            members.extend(number.map(|value| writing.leaf("n", &value)));
            writing.group("p", &members)
        }
    }

    /// Rows of which any may be there. The last drops what it reads.
    const ROWS: [&str; 7] = [
        "{ from = '/ROOTh/a', to = '/TOday' }",
        "{ from = '/ROOTh/b', to = 'TOitems/b' }",
        "{ from = 'ROOTu/a', to = 'TOitems/a' }",
        "{ from = 'ROOTu/b/a', to = 'TOitems/b-a' }",
        "{ from = ['ROOTu/c', 'ROOTu/d'], to = 'TOitems/first', compute = 'first', only = 'forward' }",
        "{ from = \"ROOTu/p[k='K']/n\", to = 'TOitems/number' }",
        "{ from = '/ROOTh/d', dropped = 'says nothing' }",
    ];
    const DROPPED: usize = 6;

    const JSON: &str = "format = 'json'\narray = 'u'";
    const XML: &str = "format = 'xml'\nroot = 'm'\nunit = 'u'";
    const JSON_TARGET: &str = "format = 'json'\narray = 'items'";
    const XML_TARGET: &str = "format = 'xml'\nroot = 't'\nunit = 'items'";

    fn plans(from: &str, to: &str, rows: [bool; 7]) -> Plans {
        let (root, target) = (from == XML, to == XML_TARGET);
        let rows = ROWS.iter().zip(rows).filter(|(_, is_there)| *is_there);
        let rows: Vec<_> = rows.map(|(row, _)| *row).collect();
        let rows = rows.join(",\n").replace("ROOT", if root { "m/" } else { "" });
        let mapping = format!("row = [{}]", rows.replace("TO", if target { "t/" } else { "" }));
        let manifest = "title = 'A'\nlegacy = 'from.toml'\ncontract-side = 'to.toml'\n\
                    [[mapping]]\nfile = 'mapping.toml'\n";
        let mut files = ContractFiles::new("adapters/a");
        let texts = [
            ("adapter.toml", manifest),
            ("from.toml", from),
            ("to.toml", to),
            ("mapping.toml", &mapping),
        ];
        for (path, text) in texts {
            files.add(path, text.as_bytes().to_vec());
        }
        let mut findings = Vec::new();
        let adapter = Adapter::read("a", &files, &mut findings);
        adapter.unwrap_or_else(|| panic!("{findings:?}")).plans(Way::Forward).unwrap()
    }

    /// What is written, the places of what is lost, and the codes of what is refused.
    fn translated(
        plans: &Plans,
        loss: Loss,
        text: &str,
    ) -> (String, BTreeSet<u64>, BTreeSet<String>) {
        let mut translation = plans.clone().with_loss(loss).begin(Options::default());
        let (mut out, mut lost, mut codes) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        translation.feed(text.as_bytes());
        translation.finish();
        let places = |lost: Vec<Lost>| lost.into_iter().map(|lost| lost.place.offset);
        loop {
            match translation.next(&mut out) {
                Step::Unit(unit) => lost.extend(places(unit.outcome.lost)),
                Step::Around(outcome) => lost.extend(places(outcome.lost)),
                Step::Refused(faults) => {
                    codes.extend(faults.iter().map(|fault| fault.code.to_string()));
                }
                Step::Broken(faults) => {
                    codes.extend(faults.iter().map(|fault| fault.code.to_string()));
                    break;
                }
                Step::Hungry => panic!("all was fed"),
                Step::End => break,
            }
        }
        (String::from_utf8(out).unwrap(), lost, codes)
    }

    proptest! {
        #[test]
        fn every_value_is_carried_dropped_or_told(message in message(), rows: [bool; 7], to_xml: bool) {
            for (from, writing) in [(JSON, &Json as &dyn Writing), (XML, &Xml)] {
                let (text, leaves) = message.written(writing);
                let plans = plans(from, if to_xml { XML_TARGET } else { JSON_TARGET }, rows);
                let (written, told, codes) = translated(&plans, Loss::Report, &text);
                prop_assert!(codes.is_empty(), "{codes:?} of {text}");
                let is_gone = |leaf: &&Leaf| {
                    let value = leaf.with.as_ref().unwrap_or(&leaf.value);
                    let is_dropped = rows[DROPPED] && leaf.path == "h/d";
                    !is_dropped && (value.is_empty() || !written.contains(value.as_str()))
                };
                let gone: Vec<_> = leaves.iter().filter(is_gone).collect();
                prop_assert_eq!(told.len(), gone.len(), "{:?} of {} as {}", gone, text, written);
                let (_, _, codes) = translated(&plans, Loss::Refuse, &text);
                let refused: BTreeSet<_> = gone.iter().map(|_| code::VALUE_LOST.to_string()).collect();
                prop_assert_eq!(codes, refused, "of {}", text);
            }
        }

        #[test]
        fn without_a_mapping_every_value_is_carried(message in message()) {
            for (side, writing) in [(JSON, &Json as &dyn Writing), (XML, &Xml)] {
                let (text, leaves) = message.written(writing);
                let manifest = "title = 'A'\nlegacy = 'from.toml'\ncontract-side = 'from.toml'\n";
                let mut files = ContractFiles::new("adapters/a");
                files.add("adapter.toml", manifest.as_bytes().to_vec());
                files.add("from.toml", side.as_bytes().to_vec());
                let adapter = Adapter::read("a", &files, &mut Vec::new()).unwrap();
                let plans = adapter.plans(Way::Forward).unwrap();
                let (written, _, codes) = translated(&plans, Loss::Refuse, &text);
                prop_assert!(codes.is_empty(), "{codes:?} of {text}");
                for leaf in leaves {
                    prop_assert!(written.contains(&leaf.value), "{} of {text}", leaf.value);
                }
            }
        }
    }
}
