//! Documents of any size, made from real ones by repeating their lines; schemas and rule sets beside them.

use crate::Fault;
use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

/// What is judged, and by what.
#[derive(Debug)]
pub(super) struct Inputs {
    /// The OIOUBL corpus.
    pub(super) corpus: PathBuf,
    /// The schema of UBL invoices.
    pub(super) schema: PathBuf,
    pub(super) oioubl: Vec<PathBuf>,
    pub(super) en16931_peppol: Vec<PathBuf>,
    invoice: Parts,
    peppol: Parts,
    folder: PathBuf,
}

/// A document: what stands before its first line, the lines, what stands after the last.
#[derive(Debug)]
struct Parts {
    head: String,
    line: String,
    tail: String,
}

const LINE: &str = "InvoiceLine>";

impl Inputs {
    pub(super) fn find(shared: &Path, folder: &Path) -> Result<Self, Fault> {
        let corpus = shared.join("corpora/oioubl-2.1");
        let peppol = shared.join("corpora/peppol-bis-billing3");
        let rules = |names: [&str; 2]| names.map(|name| peppol.join("sch").join(name)).into();
        Ok(Self {
            schema: corpus.join("xsd/UBL_v2.1/maindoc/UBL-Invoice-2.1.xsd"),
            oioubl: vec![corpus.join("sch/OIOUBL_Invoice_Schematron.xml")],
            en16931_peppol: rules(["CEN-EN16931-UBL.sch", "PEPPOL-EN16931-UBL.sch"]),
            invoice: Parts::of(&corpus.join("examples/OIOUBL_Invoice_v2p2.xml"))?,
            peppol: Parts::of(&peppol.join("examples/base-example.xml"))?,
            corpus,
            folder: folder.to_owned(),
        })
    }

    /// An OIOUBL invoice of at least this size.
    pub(super) fn invoice(&self, bytes: u64) -> Result<PathBuf, Fault> {
        self.invoice.write(&self.folder.join(format!("oioubl-{bytes}.xml")), bytes)
    }

    /// A Peppol invoice of at least this size.
    pub(super) fn peppol(&self, bytes: u64) -> Result<PathBuf, Fault> {
        self.peppol.write(&self.folder.join(format!("peppol-{bytes}.xml")), bytes)
    }
}

impl Parts {
    fn of(path: &Path) -> Result<Self, Fault> {
        let text = std::fs::read_to_string(path)
            .map_err(|fault| format!("{}: {fault}", path.display()))?;
        let found = || {
            let name = text.find(LINE)?;
            let begin = text.get(..name)?.rfind('<')?;
            let end = text.rfind(LINE)? + LINE.len();
            Some((begin, end))
        };
        let (begin, end) = found().ok_or("the document has no lines")?;
        let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
        Ok(Self { head: part(0..begin), line: part(begin..end), tail: part(end..text.len()) })
    }

    fn write(&self, path: &Path, bytes: u64) -> Result<PathBuf, Fault> {
        if path.exists() {
            return Ok(path.to_owned());
        }
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        file.write_all(self.head.as_bytes())?;
        let mut written = (self.head.len() + self.tail.len()) as u64;
        loop {
            file.write_all(self.line.as_bytes())?;
            written += self.line.len() as u64;
            if written >= bytes {
                break;
            }
        }
        file.write_all(self.tail.as_bytes())?;
        file.flush()?;
        Ok(path.to_owned())
    }
}
