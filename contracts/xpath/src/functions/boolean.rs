//! Functions on booleans, and existence (Functions and Operators, sections 9 and 15.1).

use super::{Builtin, Gives, argument};
use crate::ast::ExprId;
use crate::eval::{Focus, Run, STOP};
use crate::fault::Outcome;
use crate::value::Seq;

pub(super) const TABLE: &[Builtin] = &[
    Builtin::new("true", 0, 0, Gives::Boolean, |_, _, _| Ok(Seq::boolean(true))),
    Builtin::new("false", 0, 0, Gives::Boolean, |_, _, _| Ok(Seq::boolean(false))),
    Builtin::new("not", 1, 1, Gives::Boolean, |run, arguments, focus| {
        run.truth(argument(arguments, 0)?, focus).map(|truth| Seq::boolean(!truth))
    }),
    Builtin::new("boolean", 1, 1, Gives::Boolean, |run, arguments, focus| {
        run.truth(argument(arguments, 0)?, focus).map(Seq::boolean)
    }),
    Builtin::new("exists", 1, 1, Gives::Boolean, |run, arguments, focus| {
        exists(run, arguments, focus).map(Seq::boolean)
    }),
    Builtin::new("empty", 1, 1, Gives::Boolean, |run, arguments, focus| {
        exists(run, arguments, focus).map(|exists| Seq::boolean(!exists))
    }),
];

fn exists<'a>(run: &mut Run<'a>, arguments: &'a [ExprId], focus: &Focus<'a>) -> Outcome<bool> {
    run.visit(argument(arguments, 0)?, focus, &mut |_, _| Ok(STOP)).map(|flow| flow.is_break())
}
