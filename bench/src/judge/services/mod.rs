//! Messages of services: JSON, operations by their paths, envelopes of SOAP.
//!
//! All material is made here, of invented data. Each way is measured eleven times, the ways in turn, so that what
//! else the machine does falls on all of them; told are the median, the least and the most, and those of the ratios
//! within one turn.

mod json;
mod openapi;
mod ours;
mod peers;
mod soap;
mod table;

pub(crate) use ours::{Way, measure};

use super::{Args, Subject};
use crate::Fault;

/// Runs the parts that are asked for, each with its results in the file at once.
pub(super) fn run(args: &Args) -> Result<(), Fault> {
    let parts: [(Subject, Part); 3] = [
        (Subject::Json, ("json", json::run)),
        (Subject::Openapi, ("openapi", openapi::run)),
        (Subject::Soap, ("soap", soap::run)),
    ];
    for (subject, (name, part)) in parts {
        if args.asks_for(subject) {
            let rows = part()?;
            table::print(&rows);
            table::keep(&args.services_output, name, &rows)?;
        }
    }
    Ok(())
}

/// The name of a part in the results, and what measures it.
type Part = (&'static str, fn() -> Result<Vec<table::Row>, Fault>);
