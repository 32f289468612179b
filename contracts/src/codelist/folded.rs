//! Codes without their case, for lists whose users write them as they like.

use super::{CodeList, ListedCode};

/// Where the codes of a list stand, by the codes in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded(Vec<(Box<str>, u32)>);

impl CodeList {
    /// Its codes without their case (Unicode, lower case).
    pub fn folded(&self) -> Folded {
        let codes = self.codes().iter().zip(0..);
        let mut folded: Vec<(Box<str>, u32)> =
            codes.map(|(each, at)| (each.code.to_lowercase().into(), at)).collect();
        folded.sort_unstable();
        Folded(folded)
    }
}

impl Folded {
    /// Every entry of a code, in whatever case, in the list that this was made from.
    pub fn find<'l>(&self, list: &'l CodeList, code: &str) -> Vec<&'l ListedCode> {
        let code = code.to_lowercase();
        let from = self.0.partition_point(|(each, _)| **each < *code);
        let rest = self.0.get(from..).unwrap_or_default();
        let entries = rest.iter().take_while(|(each, _)| **each == *code);
        let at = |at: &u32| list.codes().get(usize::try_from(*at).ok()?);
        entries.filter_map(|(_, place)| at(place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::codelist::{Reading, read};

    #[test]
    fn finds_codes_in_any_case_and_each_entry_of_them() {
        let (list, _) = read("a.csv", "code\nkg\nKG\nØL\nx\n".as_bytes(), &Reading::default());
        let list = list.unwrap();
        let folded = list.folded();
        for (code, found) in [("Kg", 2), ("øl", 1), ("X", 1), ("y", 0), ("", 0)] {
            assert_eq!(folded.find(&list, code).len(), found, "{code}");
        }
    }
}
