//! Trees of every kind of node, within and over their limits.

use super::*;
use proptest::prelude::*;

const HERE: Place = Place { offset: 7, line: 2, record: 1 };

fn tree(declared: &[&str], limits: &Limits) -> Tree {
    let mut names = Names::default();
    for name in declared {
        names.add(name);
    }
    Tree::new(Arc::new(names), limits)
}

/// A tree with everything that XML and JSON have.
fn mixed() -> Tree {
    let mut tree = tree(&["person", "name"], &Limits::default());
    let [person, name, id, b, list] =
        ["person", "name", "id", "b", "list"].map(|name| tree.name_for(name).unwrap());
    let none = tree.nameless();
    tree.open(Kind::Group, person, HERE).unwrap();
    tree.leaf(Kind::Attribute, id, "7", HERE).unwrap();
    tree.field(name, "Åse\nHolm", Place { offset: 9, ..HERE }).unwrap();
    tree.leaf(Kind::Text, none, "a ", HERE).unwrap();
    tree.open(Kind::Group, b, HERE).unwrap();
    tree.close();
    tree.open(Kind::List, list, HERE).unwrap();
    tree.leaf(Kind::Number, none, "1.50", HERE).unwrap();
    tree.leaf(Kind::Boolean, none, "true", HERE).unwrap();
    tree.leaf(Kind::Null, none, "", HERE).unwrap();
    tree.close();
    tree.close();
    tree.open(Kind::Group, person, HERE).unwrap();
    tree.close();
    tree
}

#[test]
fn a_tree_holds_what_legacy_formats_json_and_xml_say() {
    let tree = mixed();
    let expected = "\
person
  @id: 7
  name: Åse\\nHolm
  -: a \n  b
  list[]
    - = 1.50
    - = true
    - = null
person
";
    assert_eq!(tree.outline(), expected);
}

#[test]
fn nodes_are_found_by_name_with_their_place() {
    let tree = mixed();
    let person = tree.find_name("person").unwrap();
    assert_eq!(tree.children_named(tree.root(), person).count(), 2);
    let name = tree.at(tree.root(), &["person", "name"]).unwrap();
    assert_eq!(tree.place(name), Place { offset: 9, line: 2, record: 1 });
    assert_eq!(tree.parent(name), tree.child(tree.root(), person));
    assert_eq!(tree.at(tree.root(), &["person", "list", "name"]), None);
    assert_eq!(tree.at(tree.root(), &["nobody"]), None);
    assert_eq!(tree.parent(tree.root()), None);
}

#[test]
fn debug_shows_no_values_and_no_foreign_names() {
    let mut tree = tree(&[], &Limits::default());
    let name = tree.name_for("canary-name").unwrap();
    tree.field(name, "canary-value", HERE).unwrap();
    let shown = format!("{tree:?} {:?} {:?}", tree.names(), tree.foreign);
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn names_that_never_repeat_stay_in_their_tree() {
    let mut tree = tree(&["known"], &Limits::default());
    for unit in 0..50 {
        tree.clear();
        for number in 0..200 {
            let name = tree.name_for(&format!("n{unit}-{number}")).unwrap();
            assert_eq!(tree.name_for(&format!("n{unit}-{number}")), Ok(name));
            tree.field(name, "", HERE).unwrap();
            assert_eq!(tree.find_name(&format!("n{unit}-{number}")), Some(name));
        }
        assert_eq!(tree.find_name("n-1-0"), None);
        assert_eq!((tree.names.len(), tree.foreign.len()), (1, 200));
    }
    let held = tree.held_bytes();
    assert!(held < 64 << 10, "{held}");
}

#[test]
fn a_tree_ends_at_its_limits_and_is_whole_after() {
    let limits = Limits { tree_bytes_max: 4_000, depth_max: 3, ..Limits::default() };
    let mut tree = tree(&["a"], &limits);
    let a = tree.find_name("a").unwrap();
    for _ in 0..3 {
        tree.open(Kind::Group, a, HERE).unwrap();
    }
    assert_eq!(tree.open(Kind::Group, a, HERE), Err(OverLimit::Depth));
    assert_eq!(tree.field(a, &"x".repeat(4_000), HERE), Err(OverLimit::Bytes));
    assert_eq!(tree.name_for(&"y".repeat(4_000)), Err(OverLimit::Bytes));
    while tree.field(a, "12345678", HERE).is_ok() {}
    assert!(tree.bytes() <= 4_000 && tree.bytes() > 3_900, "{}", tree.bytes());
    assert_eq!(tree.depth(), 3);
    tree.close();
    let innermost = tree.at(tree.root(), &["a", "a", "a"]).unwrap();
    assert_eq!(tree.children(innermost).count() + 4, tree.node_count());
    assert_eq!(OverLimit::Bytes.code().as_str(), "V0106");
}

#[test]
fn a_cleared_tree_allocates_nothing_for_the_next_unit() {
    let mut tree = mixed();
    let names = tree.names().clone();
    let (person, name) = (names.find("person").unwrap(), names.find("name").unwrap());
    let fill = |tree: &mut Tree| {
        tree.clear();
        for _ in 0..100 {
            tree.open(Kind::Group, person, HERE).unwrap();
            tree.field(name, "Åse", HERE).unwrap();
            tree.close();
        }
    };
    fill(&mut tree);
    let held = tree.held_bytes();
    fill(&mut tree);
    assert_eq!(tree.held_bytes(), held);
    assert_eq!(tree.node_count(), 201);
}

#[test]
fn a_number_of_another_tree_gives_nothing() {
    let stranger = mixed().children(NodeId(0)).last().unwrap();
    let tree = tree(&[], &Limits::default());
    assert_eq!(tree.value(stranger), None);
    assert_eq!(tree.name(stranger), "");
    assert_eq!(tree.children(stranger).count(), 0);
    assert_eq!(tree.descendants(stranger).count(), 0);
}

proptest! {
    /// What `parent` says and what `children` says is the same, also while groups are open.
    #[test]
    fn parents_and_children_agree(steps in proptest::collection::vec(0..4u8, 0..60)) {
        let mut tree = tree(&["a", "b"], &Limits::default());
        let (a, b) = (tree.find_name("a").unwrap(), tree.find_name("b").unwrap());
        for step in steps {
            match step {
                0 => drop(tree.open(Kind::Group, a, HERE).unwrap()),
                1 => tree.close(),
                _ => drop(tree.field(b, "v", HERE).unwrap()),
            }
        }
        let mut seen = 1;
        for node in tree.descendants(tree.root()) {
            for child in tree.children(node) {
                prop_assert_eq!(tree.parent(child), Some(node));
                seen += 1;
            }
        }
        prop_assert_eq!(seen, tree.node_count());
    }
}
