//! Shipped adapters on published documents, from bytes to bytes: what a user of `sluse translate` gets.

#[cfg(test)]
mod en16931;
#[cfg(test)]
mod judge;
#[cfg(test)]
mod medcom;
#[cfg(test)]
mod persons;
#[cfg(test)]
mod sbdh;
#[cfg(test)]
mod tax;
#[cfg(test)]
mod translate;
#[cfg(test)]
mod vans;
