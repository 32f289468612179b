//! Identifiers of public registers: what they look like, and how their check digits are reckoned.
//!
//! One file for each, which names the source of its rule. [`NAMES`] is the visible list. Nothing here asks a
//! register: a right identifier may still belong to nobody.

pub mod cpr;
pub mod cvr;
pub mod fodselsnummer;
pub mod gln;
pub mod iban;
pub mod organisasjonsnummer;
pub mod p_number;
pub mod personnummer;
pub mod se;
pub mod search;

#[cfg(test)]
mod tests;

use crate::Severity;

/// An identifier that a check can demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// Personal number of Denmark.
    Cpr,
    /// Number of a legal unit of Denmark.
    Cvr,
    /// Number of an enterprise of Denmark toward the tax administration.
    Se,
    /// Number of a production unit of Denmark.
    PNumber,
    /// Global Location Number.
    Gln,
    /// Personal number of Norway, with D- and H-numbers and synthetic ones.
    Fodselsnummer,
    /// Number of a legal unit of Norway.
    Organisasjonsnummer,
    /// Personal number of Sweden, with coordination numbers.
    Personnummer,
    /// International bank account number.
    Iban,
}

/// The identifiers by the words of `contract.toml`.
pub const NAMES: &[(&str, Identifier)] = &[
    ("cpr", Identifier::Cpr),
    ("cvr", Identifier::Cvr),
    ("se", Identifier::Se),
    ("p-number", Identifier::PNumber),
    ("gln", Identifier::Gln),
    ("fodselsnummer", Identifier::Fodselsnummer),
    ("organisasjonsnummer", Identifier::Organisasjonsnummer),
    ("personnummer", Identifier::Personnummer),
    ("iban", Identifier::Iban),
];

/// A series of numbers that share the form of a personal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Series {
    /// Given to persons by the register itself.
    Personal,
    /// Denmark: made up by an authority where a person has no CPR number; the day is raised by 60.
    Replacement,
    /// Norway: for persons who do not live there; the day is raised by 40.
    DNumber,
    /// Norway: made up where a person's number is not known, and some test data; the month is raised by 40.
    HNumber,
    /// Norway: test data of the tax administration; the month is raised by 80.
    Synthetic,
    /// Sweden: for persons who do not live there; the day is raised by 60.
    Coordination,
}

/// The series by the words of `contract.toml`.
pub const SERIES: &[(&str, Series)] = &[
    ("personal", Series::Personal),
    ("replacement", Series::Replacement),
    ("d-number", Series::DNumber),
    ("h-number", Series::HNumber),
    ("synthetic", Series::Synthetic),
    ("coordination", Series::Coordination),
];

/// The rule by which the check digits of Norwegian personal numbers are reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ControlDigits {
    /// Of 1964: every number given out until 2031 satisfies it.
    Of1964,
    /// Of 2032: numbers that satisfy the rule of 1964 satisfy it as well.
    Of2032,
}

/// What is asked of a text that must be an identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Which identifier.
    pub identifier: Identifier,
    /// The series that are taken, where the identifier has several.
    pub series: Vec<Series>,
    /// How the check digits of Norwegian personal numbers are reckoned.
    pub control_digits: ControlDigits,
}

/// Why a text is not the identifier that it should be: a sentence that holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// It does not have the form.
    Form(&'static str),
    /// It has the form, and its check digits are wrong.
    CheckDigits(&'static str),
}

impl Identifier {
    /// The word of `contract.toml`.
    pub fn word(self) -> &'static str {
        NAMES.iter().find(|(_, each)| *each == self).map_or("", |(word, _)| word)
    }

    /// What wrong check digits weigh where a contract does not say: numbers of CPR and CVR exist that do not
    /// satisfy them, and SE numbers are reckoned like those of CVR. Production units have none.
    pub fn check_digits_weigh(self) -> Option<Severity> {
        match self {
            Self::Cpr | Self::Cvr | Self::Se => Some(Severity::Warning),
            Self::PNumber => None,
            Self::Gln
            | Self::Fodselsnummer
            | Self::Organisasjonsnummer
            | Self::Personnummer
            | Self::Iban => Some(Severity::Error),
        }
    }

    /// Whether it has check digits.
    pub fn has_check_digits(self) -> bool {
        self.check_digits_weigh().is_some()
    }

    /// The series of numbers of its form; none where there is but one.
    pub fn series(self) -> &'static [Series] {
        match self {
            Self::Cpr => &[Series::Personal, Series::Replacement],
            Self::Fodselsnummer => {
                &[Series::Personal, Series::DNumber, Series::HNumber, Series::Synthetic]
            }
            Self::Personnummer => &[Series::Personal, Series::Coordination],
            _ => &[],
        }
    }

    /// The series that are taken where a contract does not say: all, but of CPR those of the register alone.
    pub fn series_taken(self) -> &'static [Series] {
        match self {
            Self::Cpr => &[Series::Personal],
            _ => self.series(),
        }
    }
}

impl Demand {
    /// What is asked where a contract names the identifier and says nothing else.
    pub fn new(identifier: Identifier) -> Self {
        let series = identifier.series_taken().to_vec();
        Self { identifier, series, control_digits: ControlDigits::Of2032 }
    }

    /// Looks at a text.
    ///
    /// # Errors
    /// Where it is no such identifier. The form is looked at first.
    pub fn check(&self, text: &str) -> Result<(), Misfit> {
        match self.identifier {
            Identifier::Cpr => cpr::check(text, &self.series),
            Identifier::Cvr => cvr::check(text),
            Identifier::Se => se::check(text),
            Identifier::PNumber => p_number::check(text),
            Identifier::Gln => gln::check(text),
            Identifier::Fodselsnummer => {
                fodselsnummer::check(text, &self.series, self.control_digits)
            }
            Identifier::Organisasjonsnummer => organisasjonsnummer::check(text),
            Identifier::Personnummer => personnummer::check(text, &self.series),
            Identifier::Iban => iban::check(text),
        }
    }
}

/// The digits of a text that is made of exactly so many.
fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes: [u8; N] = text.as_bytes().try_into().ok()?;
    bytes.iter().all(u8::is_ascii_digit).then(|| bytes.map(|byte| byte - b'0'))
}

/// The number that digits write.
fn number(digits: &[u8]) -> u16 {
    digits.iter().fold(0, |number, digit| number * 10 + u16::from(*digit))
}

/// The sum of digits, each by its weight.
fn weighted(digits: &[u8], weights: &[u16]) -> u16 {
    digits.iter().zip(weights).map(|(digit, weight)| u16::from(*digit) * weight).sum()
}

/// Whether a day exists in a year of which two digits are known: every fourth may have a leap day.
fn is_day(year: u16, month: u8, day: u8) -> bool {
    // 2000 to 2096 hold all years of two digits, with a leap day in each fourth.
    crate::Day::from_date(2000 + year % 100, month, day).is_some()
}
