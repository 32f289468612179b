//! `count-equals`: a value says how many places there are.

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
pub(super) struct CountEquals(pub(super) Sides);

impl Kind for CountEquals {
    fn judge<'p>(
        &self,
        paths: &[DocumentPath],
        document: &Spot<'p>,
        allowance: &mut Allowance,
        told: &mut Told<'_, 'p>,
    ) -> Result<(), Unevaluated> {
        self.0.each_within(document, allowance, &mut |within, allowance| {
            let mut count: i128 = 0;
            for path in paths {
                path.each(within, allowance, &mut |_, _| {
                    count += 1;
                    Ok(true)
                })?;
            }
            let count = Amount::whole(count);
            let mut goes_on = true;
            self.0.other.each(within, allowance, &mut |spot, _| {
                let sentence = match Amount::at(spot) {
                    None => {
                        let sentence = format!("the count {}", Amount::why_none(spot));
                        return Ok(tell(told, code::NOT_COMPARABLE, &sentence, spot));
                    }
                    Some(stated) if stated == count => return Ok(true),
                    Some(_) => "the count is not how many there are",
                };
                goes_on = tell(told, code::COUNT, sentence, spot);
                Ok(goes_on)
            })?;
            Ok(goes_on)
        })
    }
}
