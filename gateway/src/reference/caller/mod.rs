//! A reference consumer: an office that applies for permits and follows what becomes of them, as the contract
//! `example.city/permits` demands of consumers, and that can be made not to.
//!
//! It is an HTTP client of its own; the provider that a run of the suite plays sees it as any stranger.
//!
//! * [`faults`]: what can be wrong with it, one visible list.
//! * [`benign`]: ways of doing the same that no suite may mind.

pub mod benign;
pub mod faults;
mod wire;
mod work;

use benign::{Variant, Variants};
use faults::{Fault, Faults};
use http::Uri;
use std::io;

/// What it calls with where nothing else is said. It is shown to nobody but the address that is called.
pub const TOKEN: &str = "token-of-the-reference-consumer";

/// How it calls.
#[derive(Debug, Clone)]
pub struct Options {
    /// The provider: scheme, authority and base path.
    pub address: Uri,
    /// Certificate authorities that the provider's certificate must come from (PEM); the machine's where absent.
    pub ca: Option<std::path::PathBuf>,
    /// What is wrong with it.
    pub faults: Faults,
    /// How it does what is right.
    pub variants: Variants,
}

impl Options {
    /// Calls this address, without faults.
    pub fn new(address: Uri) -> Self {
        Self { address, ca: None, faults: Faults::new(), variants: Variants::new() }
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn does(&self, variant: Variant) -> bool {
        self.variants.contains(&variant)
    }
}

/// Does a day's work once, and gives the number of requests that it took. Ends early where nobody listens any more.
///
/// # Errors
/// Where the machine has no threads or no certificate authorities to go by.
pub fn call(options: &Options) -> io::Result<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let wire = wire::Wire::new(options)?;
    let mut office = work::Office::new(options, wire);
    runtime.block_on(office.day());
    Ok(office.sent())
}
