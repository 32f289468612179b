//! OIOXML invoices and credit notes as OIOUBL and back, by the descriptions and the mapping of `library/oioxml-invoice`.
//!
//! What stands where is said here once more, by names of elements alone, so that the mapping is not its own judge; what
//! comes out is judged by the schemas and rules that the two formats publish.

#[cfg(test)]
mod fields;
#[cfg(test)]
mod invented;
#[cfg(test)]
mod judge;
#[cfg(test)]
mod published;
#[cfg(test)]
mod table;
#[cfg(test)]
mod translate;
