//! What is made of a run's result: reports, comparison, evidence, certificate.

#[cfg(test)]
mod certificates;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod sample;
