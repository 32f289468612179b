//! XPath 2.0 over the XML tree, made for rule sets.
//!
//! Expressions are compiled once into an immutable arena that threads share, and evaluated over one document
//! within a budget of steps. By the recommendations "XML Path Language (XPath) 2.0" and "XQuery 1.0 and XPath 2.0
//! Functions and Operators"; what is not supported is a fault when an expression is compiled: other
//! documents (`doc`, `collection`), schema imports, collations, the namespace axis.
//!
//! No evaluation shows a value: faults are constant sentences.

mod arithmetic;
mod ast;
mod binary;
mod cast;
mod circles;
mod compare;
mod constants;
mod constructor;
mod decimal;
mod deep_equal;
mod eval;
mod evaluation;
mod fault;
mod fixed_hash;
mod format_number;
mod functions;
mod held;
mod lex;
mod limits;
mod match_pattern;
mod moment;
mod normal_form;
mod optimize;
mod parse;
mod pattern;
mod program;
mod props;
mod reach;
mod scope;
mod types;
mod value;

pub use constructor::{Function, Instruction, InstructionKind, Variable};
pub use evaluation::{Bequest, Evaluation, EvaluationLimits, Expression, STEPS_MAX};
pub use fault::{Code, Fault, StaticFault};
pub use limits::EXPRESSION_DEPTH_MAX;
pub use match_pattern::{ContextPattern, NameIndex};
pub use pattern::translate_schema_pattern;
pub use program::{Builder, EXPRESSION_BYTES_MAX, PROGRAM_NODES_MAX, Program, Root, Trail, Trails};
pub use reach::{DeadStep, Places, Reach, Shape};
pub use scope::{FN_NAMESPACE, KEY_NAMESPACE, StaticScope, VariableId, XS_NAMESPACE};
