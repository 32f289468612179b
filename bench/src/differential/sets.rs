//! The large schemas, and where documents of them are.

use std::path::{Path, PathBuf};

/// A schema and its documents, as paths below the folder of corpora; `@` stands for this folder. Where
/// its publisher gives no documents they are invented.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) name: &'static str,
    pub(super) schema: &'static str,
    pub(super) documents: &'static [&'static str],
    /// Local names of document elements that are taken or invented; where there are none, all of the schema's.
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
    Set {
        name: "eformidling-sbd",
        schema: "sbdh-1.3/StandardBusinessDocumentHeader.xsd",
        documents: &["eformidling/samples"],
        roots: &["StandardBusinessDocument"],
    },
    Set {
        name: "eformidling-arkivmelding",
        schema: "eformidling/xsd/arkivmelding.xsd",
        documents: &[],
        roots: &[],
    },
    Set {
        name: "fiks-arkiv-opprett",
        schema: "fiks-arkiv/V1/no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett.xsd",
        documents: &[],
        roots: &[],
    },
    Set {
        name: "fiks-arkiv-sok",
        schema: "fiks-arkiv/V1/no.ks.fiks.arkiv.v1.innsyn.sok.xsd",
        documents: &[],
        roots: &[],
    },
    Set {
        name: "fiks-arkiv-resultat",
        schema: "fiks-arkiv/V1/no.ks.fiks.arkiv.v1.innsyn.sok.resultat.utvidet.xsd",
        documents: &[],
        roots: &[],
    },
    Set {
        name: "fiks-arkiv-2-opprett",
        schema: "fiks-arkiv/V2/no.ks.fiks.arkiv.v2.arkivering.arkivmelding.opprett.xsd",
        documents: &[],
        roots: &[],
    },
    Set {
        name: "serviceplatformen-header",
        schema: "serviceplatformen/sf1500-v6/xsd/common/RequestHeader.xsd",
        documents: &["serviceplatformen/sf1500-v6/xsd/common"],
        roots: &["RequestHeader"],
    },
    Set {
        name: "serviceplatformen-organisation",
        schema: "serviceplatformen/sf1500-v6/xsd/6.0.STS-0/OrganisationOperationer.xsd",
        documents: &[],
        roots: &[],
    },
    Set {
        name: "serviceplatformen-bruger",
        schema: "serviceplatformen/sf1500-v6/xsd/6.0.STS-0/BrugerBesked.xsd",
        documents: &[],
        roots: &[],
    },
    Set {
        name: "serviceplatformen-distribution",
        schema: "serviceplatformen/sf2900/xsd/DistributionServiceTypes.xsd",
        documents: &[],
        roots: &[],
    },
    Set {
        name: "serviceplatformen-distribution-msg",
        schema: "serviceplatformen/sf2900/DistributionServiceMsg.xsd",
        documents: &[],
        roots: &[],
    },
    Set {
        name: "serviceplatformen-online",
        schema: "serviceplatformen/online-service-contract/OnlineServiceMsg.xsd",
        documents: &[],
        roots: &[],
    },
    Set {
        name: "serviceplatformen-print",
        schema: "serviceplatformen/sf1600/PrintServiceMsg.xsd",
        documents: &[],
        roots: &[],
    },
];

/// Where a path of a set is.
pub(crate) fn place(corpora: &Path, path: &str) -> PathBuf {
    match path.strip_prefix('@') {
        Some(own) => Path::new(env!("CARGO_MANIFEST_DIR")).join("src/differential").join(own),
        None => corpora.join(path),
    }
}
