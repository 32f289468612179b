//! ISO Schematron: published rule sets compiled to shared, bounded evaluation.
//!
//! Rule sets are taken as published: includes, abstract patterns and rules, variables at every level, phases, the functions and
//! instructions of XSLT that they embed. What is not supported is a fault, with its place, when a rule set is
//! compiled. Nothing is read but the files that the caller hands in.
//!
//! Where a rule fired is given as the [`sluse_xml::NodeId`] of the node that the rule met; its path, line and column are asked of the document.

mod compile;
mod expand;
mod fault;
mod instruction;
mod judge;
mod keys;
mod lint;
mod message;
mod rule_id;
mod rules;
mod scopes;
mod severity;
mod source;
mod stylesheet;
mod told;
mod vocabulary;
mod walk;

pub use compile::CompileOptions;
pub use fault::{RuleSetFault, RuleSetFaultKind};
pub use judge::{Documents, Fired, JudgeOptions, Report, Subordinate};
pub use lint::{Remark, RemarkKind};
pub use message::HIDDEN;
pub use rules::RuleSet;
pub use severity::{Severities, Severity};
pub use told::ToldCheck;

use std::sync::Arc;

impl RuleSet {
    /// Compiles a rule set.
    ///
    /// `entry` and all that it includes are asked of `files` by their paths, `/` between folders. Every fault found is
    /// given; the rule set is there where all of them are warnings.
    pub fn compile(
        entry: &str,
        files: &dyn Fn(&str) -> Option<Arc<[u8]>>,
        options: &CompileOptions,
    ) -> (Option<Self>, Vec<RuleSetFault>) {
        compile::compile(entry, files, options)
    }

    /// What a rule set that compiles says in vain: rules that can never fire, parts that nothing uses and, where the shape of the
    /// documents is known, names that these cannot have. In the order of files and places.
    pub fn lint(
        entry: &str,
        files: &dyn Fn(&str) -> Option<Arc<[u8]>>,
        options: &CompileOptions,
        shape: Option<&dyn sluse_xpath::Shape>,
    ) -> Vec<Remark> {
        lint::lint(entry, files, options, shape)
    }

    /// What the checks of a rule set say in its publisher's words; none where it cannot be read.
    pub fn told(
        entry: &str,
        files: &dyn Fn(&str) -> Option<Arc<[u8]>>,
        options: &CompileOptions,
    ) -> Vec<ToldCheck> {
        told::told(entry, files, options)
    }
}
