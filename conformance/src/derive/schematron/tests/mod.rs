//! What is found for rule sets: small ones, and those that are published.

mod published;
mod small;
