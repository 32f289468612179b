//! The large schemas, and where documents of them are.

use std::path::{Path, PathBuf};

/// A schema and its documents, as paths below the folder of corpora; `@` stands for this folder.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) name: &'static str,
    pub(super) schema: &'static str,
    pub(super) documents: &'static [&'static str],
    /// Local names of document elements that are taken.
    pub(super) roots: &'static [&'static str],
}

const CII: &str = "en16931/cii/schema/D16B SCRDM (Subset)/uncoupled clm/CII/uncefact/data/standard/CrossIndustryInvoice_100pD16B.xsd";

/// All sets.
pub(super) const SETS: &[Set] = &[
    Set {
        name: "all-types",
        schema: "@types/schema.xsd",
        documents: &["@types"],
        roots: &["types"],
    },
    Set {
        name: "ubl-invoice",
        schema: "oioubl-2.1/xsd/UBL_v2.1/maindoc/UBL-Invoice-2.1.xsd",
        documents: &["oioubl-2.1/examples", "oioubl-2.1/scenarios-2.02", "en16931/ubl/examples"],
        roots: &["Invoice"],
    },
    Set {
        name: "ubl-catalogue",
        schema: "oioubl-2.1/xsd/UBL_v2.1/maindoc/UBL-Catalogue-2.1.xsd",
        documents: &["oioubl-2.1/examples", "oioubl-2.1/scenarios-2.02"],
        roots: &["Catalogue"],
    },
    Set {
        name: "cii",
        schema: CII,
        documents: &["en16931/cii/examples"],
        roots: &["CrossIndustryInvoice"],
    },
    Set {
        name: "oioxml-pie",
        schema: "oioxml-0.7/xsd/pieStrict.xsd",
        documents: &["oioxml-0.7/valid", "nemhandel-rasp/messages"],
        roots: &["Invoice"],
    },
    Set {
        name: "oioxml-pcm",
        schema: "oioxml-0.7/xsd/pcmStrict.xsd",
        documents: &["oioxml-0.7/valid", "nemhandel-rasp/messages"],
        roots: &["Invoice"],
    },
    Set {
        name: "medcom-2005",
        schema: "medcom-edifact/xsd/2005/08/07/EMessage.xsd",
        documents: &["medcom-edifact/xml"],
        roots: &["Emessage"],
    },
    Set {
        name: "medcom-2012",
        schema: "medcom-edifact/xsd/2012/03/28/EMessage.xsd",
        documents: &["medcom-edifact/xml"],
        roots: &["Emessage"],
    },
    Set {
        name: "edifact-invoic",
        schema: "en16931/edifact/schema/INVOIC_D14B_ISO20625.xsd",
        documents: &["en16931/edifact/examples"],
        roots: &["M_INVOIC"],
    },
    Set {
        name: "sbdh",
        schema: "sbdh-1.3/StandardBusinessDocumentHeader.xsd",
        documents: &["sbdh-1.3"],
        roots: &["StandardBusinessDocument", "StandardBusinessDocumentHeader"],
    },
    Set {
        name: "ubl-20-invoice",
        schema: "nemhandel-rasp/ubl20-xsd/maindoc/UBL-Invoice-2.0.xsd",
        documents: &["nemhandel-rasp/messages"],
        roots: &["Invoice"],
    },
];

impl Set {
    /// Where a path of a set is.
    pub(super) fn place(corpora: &Path, path: &str) -> PathBuf {
        match path.strip_prefix('@') {
            Some(own) => Path::new(env!("CARGO_MANIFEST_DIR")).join("src/differential").join(own),
            None => corpora.join(path),
        }
    }
}
