//! Scenarios: workflows of the Arazzo Specification 1.1, as the cases that they are.
//!
//! What bindings cannot say (first this operation, then that one, with what the first told) is a
//! workflow in `suite/*.arazzo.yaml` or `.json`. Of Arazzo the part is read that a case can hold;
//! anything else is refused when the file is read, because a step that is left out tests nothing.
//!
//! | of Arazzo | here |
//! |---|---|
//! | `workflows`, `steps` with `operationId` | one case for each clause, a step for each |
//! | `parameters` in path, query, header, `requestBody.payload` | put in the place of what the contract gives |
//! | `successCriteria` without `type`: `==`, `!=`, `<`, `<=`, `>`, `>=`, joined by `&&` | statuses and checks |
//! | `outputs` from `$response.body#…` and `$response.header.…` | captures |
//! | `$inputs.…` | test data that the supplier gives |
//! | `$steps.….outputs.…` | what an earlier step told |
//! | `x-sluse-clauses`, `x-sluse-purpose`, `x-sluse-wait-ms` | the clauses, why the step is there, how long to wait |

mod condition;
mod expression;
mod read;
mod step;
#[cfg(test)]
mod tests;

pub use read::read;
