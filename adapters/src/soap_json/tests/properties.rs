//! What holds for all: any content of a model comes back as it was, in whichever form the model has.

use super::service::{canonical, document, envelope, schema, small, to_json, to_soap};
use proptest::prelude::*;

/// A particle of a model: how it is written in a schema, and contents of it.
#[derive(Debug, Clone)]
enum Particle {
    Element(char, u32, u32),
    Group(bool, Vec<Self>, u32, u32),
}

/// Names are given out in order, so that no two particles compete.
fn particle(depth: u32) -> BoxedStrategy<Particle> {
    let bounds = (0u32..=1, 1u32..=3);
    let element = bounds.clone().prop_map(|(min, max)| Particle::Element('?', min, max));
    if depth == 0 {
        return element.boxed();
    }
    let inner = prop::collection::vec(particle(depth - 1), 1..4);
    let group = (any::<bool>(), inner, bounds)
        .prop_map(|(choice, inner, (min, max))| Particle::Group(choice, inner, min, max));
    prop_oneof![element, group].boxed()
}

fn number(particle: &mut Particle, next: &mut u8) {
    match particle {
        Particle::Element(name, ..) => {
            *name = char::from(b'a' + *next % 26);
            *next += 1;
        }
        Particle::Group(_, inner, ..) => inner.iter_mut().for_each(|each| number(each, next)),
    }
}

fn declared(particle: &Particle, text: &mut String) {
    match particle {
        Particle::Element(name, min, max) => text.push_str(&format!(
            "<xs:element name=\"{name}\" type=\"xs:int\" minOccurs=\"{min}\" maxOccurs=\"{max}\"/>"
        )),
        Particle::Group(choice, inner, min, max) => {
            let tag = if *choice { "choice" } else { "sequence" };
            text.push_str(&format!("<xs:{tag} minOccurs=\"{min}\" maxOccurs=\"{max}\">"));
            inner.iter().for_each(|each| declared(each, text));
            text.push_str(&format!("</xs:{tag}>"));
        }
    }
}

/// A content, by numbers that choose; a particle is left out or repeated as its bounds allow.
fn content(particle: &Particle, dice: &mut impl Iterator<Item = u32>, text: &mut String) {
    let (Particle::Element(_, min, max) | Particle::Group(_, _, min, max)) = particle;
    let times = min + dice.next().unwrap() % (max - min + 1);
    for _ in 0..times {
        match particle {
            Particle::Element(name, ..) => {
                text.push_str(&format!("<{name}>{}</{name}>", dice.next().unwrap()));
            }
            Particle::Group(true, inner, ..) => {
                let chosen = dice.next().unwrap() as usize % inner.len();
                content(&inner[chosen], dice, text);
            }
            Particle::Group(false, inner, ..) => {
                inner.iter().for_each(|each| content(each, dice, text));
            }
        }
    }
}

/// Numbers without end from a seed.
fn dice(mut seed: u64) -> impl Iterator<Item = u32> {
    std::iter::repeat_with(move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(seed >> 34).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_content_of_any_model_comes_back(mut model in particle(3), seeds in prop::array::uniform4(any::<u64>())) {
        let mut n_names = 0;
        number(&mut model, &mut n_names);
        prop_assume!(n_names <= 26);
        let mut inside = String::new();
        declared(&model, &mut inside);
        let text = schema(&format!(
            "<xs:element name=\"m\"><xs:complexType><xs:sequence>{inside}</xs:sequence></xs:complexType></xs:element>"
        ));
        // Models whose particles compete are none of XML Schema: the description does not load.
        let Ok(face) = std::panic::catch_unwind(|| small(&text)) else { return Ok(()) };
        for seed in seeds {
            let mut xml = String::new();
            content(&model, &mut dice(seed), &mut xml);
            let xml = envelope(&format!("<m>{xml}</m>"));
            let json = to_json(&face, &xml).unwrap();
            let back = to_soap(&face, &json).unwrap();
            prop_assert_eq!(canonical(&document(&back)), canonical(&document(&xml)), "{}", json);
            prop_assert_eq!(to_json(&face, &back).unwrap(), json);
        }
    }

    #[test]
    fn no_text_is_lost(text in any::<String>()) {
        let face = small(&schema("<xs:element name=\"m\" type=\"xs:string\"/>"));
        let json = serde_json::Value::String(text.clone()).to_string();
        match to_soap(&face, &json) {
            Ok(xml) => prop_assert_eq!(to_json(&face, &xml).unwrap(), json),
            Err(faults) => {
                prop_assert!(!text.chars().all(|c| (' '..='\u{fffd}').contains(&c)), "{:?}", faults);
            }
        }
    }

    #[test]
    fn no_digit_is_lost(text in "[+-]?[0-9]{1,30}(\\.[0-9]{0,30})?") {
        let face = small(&schema("<xs:element name=\"m\" type=\"xs:decimal\"/>"));
        let xml = envelope(&format!("<m>{text}</m>"));
        let json = to_json(&face, &xml).unwrap();
        prop_assert_eq!(canonical(&document(&to_soap(&face, &json).unwrap())), canonical(&document(&xml)));
    }

    #[test]
    fn any_json_is_written_or_refused(text in "[\\[\\]{}\",:a-c0-9$@]{0,40}") {
        let face = small(&schema(
            "<xs:element name=\"m\"><xs:complexType mixed=\"true\"><xs:sequence><xs:any processContents=\"lax\" minOccurs=\"0\" maxOccurs=\"unbounded\"/></xs:sequence><xs:anyAttribute processContents=\"lax\"/></xs:complexType></xs:element>"
        ));
        let bytes = text.as_bytes().to_vec().into();
        let limits = sluse_contracts::payload::Limits::default();
        if let Ok(_payload) = sluse_contracts::payload::JsonPayload::parse(&bytes, None, &limits) {
            let written = to_soap(&face, &text);
            prop_assert!(written.is_ok_and(|xml| to_json(&face, &xml).is_ok()) || to_soap(&face, &text).is_err());
        }
    }
}
