//! What is made of a run's result: reports, comparison, evidence, certificate.

#[cfg(test)]
mod certificates;
#[cfg(test)]
mod derived;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod sample;
