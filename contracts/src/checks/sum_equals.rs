//! `sum-equals`: a value is the sum of others, exactly.

use super::{
    Kind,
    amount::Amount,
    cross::{Sides, tell},
    told::Told,
};
use crate::{
    code,
    path::{Allowance, DocumentPath, Spot, Unevaluated},
};

/// The compiled kind.
#[derive(Debug)]
pub(super) struct SumEquals(pub(super) Sides);

impl Kind for SumEquals {
    fn judge<'p>(
        &self,
        paths: &[DocumentPath],
        document: &Spot<'p>,
        allowance: &mut Allowance,
        told: &mut Told<'_, 'p>,
    ) -> Result<(), Unevaluated> {
        self.0.each_within(document, allowance, &mut |within, allowance| {
            let (sum, mut goes_on) = sum(paths, within, allowance, told)?;
            let Some(sum) = sum else { return Ok(goes_on) };
            self.0.other.each(within, allowance, &mut |spot, _| {
                goes_on = match Amount::at(spot) {
                    Some(stated) if stated == sum => true,
                    Some(_) => tell(told, code::SUM, "the value is not the sum of its parts", spot),
                    None => {
                        let sentence = format!("the sum {}", Amount::why_none(spot));
                        tell(told, code::NOT_COMPARABLE, &sentence, spot)
                    }
                };
                Ok(goes_on)
            })?;
            Ok(goes_on)
        })
    }
}

/// The sum of all that paths lead to; nothing where a part of it is no number, which is told.
fn sum<'p>(
    paths: &[DocumentPath],
    within: &Spot<'p>,
    allowance: &mut Allowance,
    told: &mut Told<'_, 'p>,
) -> Result<(Option<Amount>, bool), Unevaluated> {
    let (mut sum, mut goes_on) = (Some(Amount::ZERO), true);
    for path in paths {
        path.each(within, allowance, &mut |spot, _| {
            let Some(part) = Amount::at(spot) else {
                sum = None;
                let sentence = format!("a part of the sum {}", Amount::why_none(spot));
                goes_on = tell(told, code::NOT_COMPARABLE, &sentence, spot);
                return Ok(goes_on);
            };
            let Some(before) = sum else { return Ok(true) };
            let Some(after) = before.plus(part) else {
                return Err(Unevaluated("the sum has more digits than can be kept exactly".into()));
            };
            sum = Some(after);
            Ok(true)
        })?;
    }
    Ok((sum, goes_on))
}
