//! Lists of switches: one type for each system, with a word, a clause and a sentence for each entry.

/// A visible list of faults: name, word, clause, sentence, and where the system takes what it must refuse, the rule and a
/// part of the place that violations of it name.
macro_rules! faults {
    ($contract:literal; $($name:ident $word:literal $clause:literal $sentence:literal $(takes $rule:literal $path:literal)?;)*) => {
        /// One fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $(#[doc = $sentence] $name,)*
        }

        impl Fault {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name on the command line.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The clause that it breaks.
            pub fn clause(self) -> &'static str {
                match self { $(Self::$name => $clause,)* }
            }

            /// What the system does, in a sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }

            /// What the system takes though it must refuse it.
            pub(in crate::reference::xml) fn takes(self) -> Option<crate::reference::xml::takes::Takes> {
                match self {
                    $($(Self::$name => Some(crate::reference::xml::takes::Takes { rule: $rule, path: $path }),)?)*
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for Fault {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        /// The faults that are switched on.
        pub type Faults = std::collections::BTreeSet<Fault>;

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn each_fault_has_a_name_of_its_own_and_a_clause_of_the_contract() {
                let words: std::collections::BTreeSet<&str> =
                    Fault::ALL.iter().map(|fault| fault.word()).collect();
                assert_eq!(words.len(), Fault::ALL.len());
                let shipped = sluse_conformance::library::find($contract).unwrap();
                let clauses = shipped.texts.iter().find(|(path, _)| *path == "clauses.toml").unwrap();
                for fault in Fault::ALL {
                    assert!(clauses.1.contains(&format!("\"{}\"", fault.clause())), "{fault}");
                }
            }
        }
    };
}

pub(super) use faults;
