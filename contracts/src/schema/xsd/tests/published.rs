//! Every published schema document as an entry: the faulty ones are listed here with the reason, and
//! all others load.

use super::{compile, corpora::files_below};
use crate::{Finding, files::ContractFiles, shared::shared};
use std::collections::{BTreeMap, BTreeSet};

/// Schemas that are wrong for one reason.
struct Faulty {
    /// Where the fault is, and its code.
    at: &'static str,
    /// What the recommendation says of it (XML Schema Part 1).
    why: &'static str,
    /// The entries that cannot be loaded for it.
    entries: &'static [&'static str],
}

/// A published corpus.
struct Published {
    corpus: &'static str,
    least: usize,
    faulty: &'static [Faulty],
    /// Inclusions and imports that lead nowhere, and that nothing is missed for.
    nowhere: &'static [&'static str],
}

const IMPORTED: &str =
    "src-import.3.1: the imported document must have the namespace that the import names";
const NOT_FOUND: &str = "src-resolve: the name must resolve to a component of the schema";

const PUBLISHED: &[Published] = &[
    Published { corpus: "en16931", least: 100, faulty: &[], nowhere: &[] },
    Published { corpus: "oioxml-0.7", least: 18, faulty: &[], nowhere: &[] },
    Published { corpus: "oioubl-2.1", least: 90, faulty: &[], nowhere: &[] },
    Published { corpus: "nemhandel-rasp", least: 40, faulty: &[], nowhere: &[] },
    Published { corpus: "sbdh-1.3", least: 12, faulty: &[], nowhere: &[] },
    Published { corpus: "eformidling", least: 2, faulty: &[], nowhere: &[] },
    Published {
        corpus: "fiks-arkiv",
        least: 50,
        faulty: &[
            Faulty {
                at: "V2/no.ks.fiks.arkiv.v2.feilmelding.ikkefunnet.xsd:15:2 C0203",
                why: IMPORTED,
                entries: &["V2/no.ks.fiks.arkiv.v2.feilmelding.ikkefunnet.xsd"],
            },
            Faulty {
                at: "V2/no.ks.fiks.arkiv.v2.innsyn.mappe.hent.resultat.xsd:7:2 C0203",
                why: IMPORTED,
                entries: &["V2/no.ks.fiks.arkiv.v2.innsyn.mappe.hent.resultat.xsd"],
            },
        ],
        nowhere: &[],
    },
    Published {
        corpus: "serviceplatformen",
        least: 200,
        faulty: &[
            Faulty {
                at: "person-base-data-extended-service-contract/xsd/PersonBaseDataExtendedServiceTypes.xsd:18:13 C0203",
                why: "src-resolve.4.2: the namespace of the name must be imported",
                entries: &[
                    "person-base-data-extended-service-contract/PersonBaseDataExtendedServiceMsg.xsd",
                    "person-base-data-extended-service-contract/xsd/PersonBaseDataExtendedServiceTypes.xsd",
                ],
            },
            Faulty {
                at: "sf1600/SF1600_EP_SP1-2/xsd/oio/StandardRetur.xsd:4:5 C0203",
                why: "src-import.1.1: a document may not import its own namespace",
                entries: &["sf1600/SF1600_EP_SP1-2/xsd/oio/StandardRetur.xsd"],
            },
        ],
        nowhere: &[],
    },
    Published {
        corpus: "medcom-edifact",
        least: 566,
        faulty: &[
            Faulty {
                at: "xsd/2011/06/20/MedComCDSet.xsd:45:13 C0203",
                why: NOT_FOUND,
                entries: &["xsd/2011/06/20/MedComCDSet.xsd"],
            },
            Faulty {
                at: "xsd/2011/06/20/Patient.xsd:24:4 C0203",
                why: NOT_FOUND,
                entries: &["xsd/2011/06/20/Patient.xsd"],
            },
            Faulty {
                at: "xsd/2015/02/16/ClinicalTypes.xsd:17:4 C0203",
                why: NOT_FOUND,
                entries: &[
                    "xsd/2015/02/16/ChiropodyInvoice.xsd",
                    "xsd/2015/02/16/ChiropractorInvoice.xsd",
                    "xsd/2015/02/16/ClinicalTypes.xsd",
                    "xsd/2015/02/16/Contact.xsd",
                    "xsd/2015/02/16/DentistInvoice.xsd",
                    "xsd/2015/02/16/EMessage.xsd",
                    "xsd/2015/02/16/EmergencyServicePractitionerInvoice.xsd",
                    "xsd/2015/02/16/GeneralElements.xsd",
                    "xsd/2015/02/16/GeneralPractitionerBilling.xsd",
                    "xsd/2015/02/16/LaboratoryInvoice.xsd",
                    "xsd/2015/02/16/Letters.xsd",
                    "xsd/2015/02/16/Patient.xsd",
                    "xsd/2015/02/16/PhysiotherapyInvoice.xsd",
                    "xsd/2015/02/16/PrivateSpecialistInvoice.xsd",
                    "xsd/2015/02/16/PsychologistInvoice.xsd",
                    "xsd/2015/02/16/Receiver.xsd",
                    "xsd/2015/02/16/Sender.xsd",
                ],
            },
        ],
        // "It is not an error" that an inclusion leads nowhere (section 4.2.1).
        nowhere: &[
            "xsd/2004/06/01/PatientAnalysisInfo.xsd:4:79 C0204",
            "xsd/2004/06/LA_Sender.xsd:4:86 C0204",
            "xsd/2004/06/LA_Sender.xsd:5:14 C0204",
        ],
    },
];

fn place(finding: &Finding) -> String {
    format!("{}:{}:{} {}", finding.file, finding.line, finding.column, finding.code)
}

/// What was found in entries of a corpus: the faults of each, and the warnings of those without.
fn load(
    files: &ContractFiles,
    entries: &BTreeSet<&str>,
) -> (BTreeMap<String, Vec<Finding>>, BTreeSet<String>) {
    let (mut faulty, mut nowhere) = (BTreeMap::new(), BTreeSet::new());
    for entry in entries {
        let compiled = compile(entry, files);
        if compiled.findings.iter().any(Finding::is_error) {
            assert!(compiled.schema.is_none(), "{entry}");
            faulty.insert((*entry).to_owned(), compiled.findings);
        } else {
            assert!(compiled.schema.is_some(), "{entry}");
            nowhere.extend(compiled.findings.iter().map(place));
        }
    }
    (faulty, nowhere)
}

/// One of so many parts of a corpus: each is a test, so that they run side by side.
fn check(of: &Published, (part, parts): (usize, usize)) {
    let Some(folder) = shared(&format!("corpora/{}", of.corpus)) else { return };
    let files = files_below(&folder);
    let all: Vec<&str> = files.iter().map(|(path, _)| path).collect();
    assert!(all.len() >= of.least, "{}: {}", of.corpus, all.len());
    let entries: BTreeSet<&str> = all.into_iter().skip(part).step_by(parts).collect();
    let (faulty, nowhere) = load(&files, &entries);
    println!("{}: {} of {} schemas load", of.corpus, entries.len() - faulty.len(), entries.len());
    let listed = of.faulty.iter().flat_map(|each| each.entries).copied();
    let listed: BTreeSet<&str> = listed.filter(|entry| entries.contains(entry)).collect();
    assert_eq!(faulty.keys().map(String::as_str).collect::<BTreeSet<_>>(), listed);
    for each in of.faulty {
        for entry in each.entries.iter().filter(|entry| entries.contains(**entry)) {
            let places: Vec<String> = faulty[*entry].iter().map(place).collect();
            assert!(places.iter().any(|at| at == each.at), "{entry} ({}): {places:?}", each.why);
        }
    }
    // What an entry of this part refers to is found; that of others may be, where they are included.
    let own = |at: &&&str| at.split_once(':').is_some_and(|(file, _)| entries.contains(file));
    let wanted: Vec<&str> = of.nowhere.iter().filter(own).copied().collect();
    assert!(wanted.iter().all(|at| nowhere.contains(*at)), "{nowhere:?}");
    assert!(nowhere.iter().all(|at| of.nowhere.contains(&at.as_str())), "{nowhere:?}");
}

macro_rules! tests {
    ($($name:ident: $corpus:literal, part $part:literal of $parts:literal;)*) => {$(
        #[test]
        fn $name() {
            let of = PUBLISHED.iter().find(|each| each.corpus == $corpus).unwrap();
            check(of, ($part - 1, $parts));
        }
    )*};
}

tests! {
    all_schemas_of_medcom_load_but_the_faulty_1: "medcom-edifact", part 1 of 4;
    all_schemas_of_medcom_load_but_the_faulty_2: "medcom-edifact", part 2 of 4;
    all_schemas_of_medcom_load_but_the_faulty_3: "medcom-edifact", part 3 of 4;
    all_schemas_of_medcom_load_but_the_faulty_4: "medcom-edifact", part 4 of 4;
    all_schemas_of_serviceplatformen_load_but_the_faulty: "serviceplatformen", part 1 of 1;
    all_schemas_of_fiks_arkiv_load_but_the_faulty: "fiks-arkiv", part 1 of 1;
    all_schemas_of_eformidling_load: "eformidling", part 1 of 1;
    all_schemas_of_sbdh_load: "sbdh-1.3", part 1 of 1;
    all_schemas_of_en_16931_load: "en16931", part 1 of 1;
    all_schemas_of_oioxml_load: "oioxml-0.7", part 1 of 1;
    all_schemas_of_nemhandel_load_1: "nemhandel-rasp", part 1 of 2;
    all_schemas_of_nemhandel_load_2: "nemhandel-rasp", part 2 of 2;
    all_schemas_of_oioubl_load_1: "oioubl-2.1", part 1 of 4;
    all_schemas_of_oioubl_load_2: "oioubl-2.1", part 2 of 4;
    all_schemas_of_oioubl_load_3: "oioubl-2.1", part 3 of 4;
    all_schemas_of_oioubl_load_4: "oioubl-2.1", part 4 of 4;
}

#[test]
fn all_published_corpora_with_schemas_are_here() {
    let Some(folder) = shared("corpora") else { return };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && files_below(&path).iter().next().is_some() {
            assert!(PUBLISHED.iter().any(|each| each.corpus == name), "{name}");
        }
    }
}
