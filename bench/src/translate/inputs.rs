//! What is translated: files of invented data, as long as they are asked for.

use crate::Fault;
use std::{
    fmt::Write as _,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

const NAMES: [&str; 6] =
    ["Åse Holm", "Jørgen Bæk", "Ida Prøve", "Bo Østergård", "Mette Skov", "Per Å"];

/// An interchange of orders in EDIFACT, ISO 8859-1.
pub(super) fn interchange(file: &Path, bytes: u64) -> Result<(), Fault> {
    let mut out = BufWriter::new(File::create(file)?);
    let head = "UNA:+.? '\nUNB+UNOC:3+5790000000012:14+5790000000029:14+261130:1200+INTER1'\n";
    out.write_all(head.as_bytes())?;
    let (mut written, mut n_orders, mut order) = (0, 0_u64, String::new());
    while written < bytes {
        n_orders += 1;
        let name = NAMES.get(usize::try_from(n_orders)? % NAMES.len()).copied().unwrap_or_default();
        order.clear();
        write!(
            order,
            "UNH+{n_orders}+ORDERS:D:96A:UN'\nBGM+220+A-{n_orders}+9'\nDTM+137:20261130:102'\n\
             NAD+BY+5790000000012::9++{name}'\nNAD+SU+5790000000029::9++Skruer ?+ søm A/S'\n"
        )?;
        for line in 1..=4 {
            let item = 5_700_000_000_000 + n_orders * 10 + line;
            write!(
                order,
                "LIN+{line}++{item}:EN'\nIMD+F++:::Skrue {line} mm'\nQTY+21:{line}.50:PCE'\nPRI+AAA:12.25'\n"
            )?;
        }
        write!(order, "UNS+S'\nUNT+23+{n_orders}'\n")?;
        written += out.write_latin1(&order)?;
    }
    out.write_all(format!("UNZ+{n_orders}+INTER1'\n").as_bytes())?;
    Ok(out.flush()?)
}

/// Records of payments of 99 characters and a line end, ISO 8859-1.
pub(super) fn payments(file: &Path, bytes: u64) -> Result<(), Fault> {
    let mut out = BufWriter::new(File::create(file)?);
    let (mut written, mut n_records, mut record) = (0, 0_u64, String::new());
    while written < bytes {
        n_records += 1;
        let name =
            NAMES.get(usize::try_from(n_records)? % NAMES.len()).copied().unwrap_or_default();
        record.clear();
        writeln!(
            record,
            "{:010}{name:<30}{:<20}{}{:03}{:011}{:<17}",
            6_101_010_000 + n_records,
            format!("Strandvejen {}", n_records % 97 + 1),
            20_260_101 + n_records % 28,
            n_records % 20,
            n_records * 37 % 10_000_000,
            if n_records % 3 == 0 { "paid" } else { "" },
        )?;
        written += out.write_latin1(&record)?;
    }
    Ok(out.flush()?)
}

/// A batch of orders in XML, UTF-8.
pub(super) fn orders(file: &Path, bytes: u64) -> Result<(), Fault> {
    let mut out = BufWriter::new(File::create(file)?);
    let head =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Orders xmlns=\"urn:example:old-orders\">\n";
    out.write_all(head.as_bytes())?;
    let (mut written, mut n_orders, mut order) = (0, 0_u64, String::new());
    while written < bytes {
        n_orders += 1;
        order.clear();
        let party = |role: &str, at: u64| {
            format!(
                "<{role}><Name>Firma &amp; Søn {at}</Name><Cvr>{:08}</Cvr><Street>Havnegade</Street><House>{}</House>\
                 <Zip>{}</Zip><Town>Ribe</Town></{role}>\n",
                10_000_000 + at,
                at % 90 + 1,
                1_000 + at % 8_000
            )
        };
        let (buyer, seller) = (party("Buyer", n_orders), party("Seller", n_orders + 1));
        write!(
            order,
            "<Order>\n<Number>{n_orders}</Number><Made>01.07.2026</Made><Currency>DKK</Currency>\n{buyer}{seller}"
        )?;
        for line in 1..=8 {
            writeln!(
                order,
                "<Line no=\"{line}\"><Item>Skrue {line} mm</Item><Code>{}</Code><Quantity>{line}.50</Quantity>\
                 <Unit>stk</Unit><Price>12.25</Price></Line>",
                n_orders * 10 + line
            )?;
        }
        order.push_str("<Total>882.00</Total></Order>\n");
        out.write_all(order.as_bytes())?;
        written += order.len() as u64;
    }
    out.write_all(b"</Orders>\n")?;
    Ok(out.flush()?)
}

/// An invoice of OIOXML 0.7: that of the adapter's examples, with as many lines as it takes.
pub(super) fn invoice(file: &Path, bytes: u64) -> Result<(), Fault> {
    const EXAMPLE: &str =
        include_str!("../../../adapters/library/oioxml-invoice/examples/invoice.oioxml.xml");
    const ENDS: &str = "</com:InvoiceLine>\n";
    let (head, rest) =
        EXAMPLE.split_once("  <com:InvoiceLine>\n").ok_or("the example has no line")?;
    let (line, tail) = rest.split_once(ENDS).ok_or("the example has no line")?;
    let mut out = BufWriter::new(File::create(file)?);
    out.write_all(head.as_bytes())?;
    let (mut written, mut n_lines) = (0, 0_u64);
    while written < bytes {
        n_lines += 1;
        let numbered = line.replacen("<com:ID>1<", &format!("<com:ID>{n_lines}<"), 1);
        let text = format!("  <com:InvoiceLine>\n{numbered}{ENDS}");
        out.write_all(text.as_bytes())?;
        written += text.len() as u64;
    }
    out.write_all(tail.as_bytes())?;
    Ok(out.flush()?)
}

trait WriteLatin1: Write {
    /// Writes a text of ISO 8859-1, and gives its bytes.
    fn write_latin1(&mut self, text: &str) -> Result<u64, Fault> {
        let bytes: Vec<u8> = text.chars().map(u8::try_from).collect::<Result<_, _>>()?;
        self.write_all(&bytes)?;
        Ok(bytes.len() as u64)
    }
}

impl<W: Write> WriteLatin1 for W {}
