//! `not-before`: a date does not lie before another.

use super::{
    Kind,
    amount::no_text,
    cross::{Sides, tell},
    moment::Moment,
    told::Told,
};
use crate::{
    code,
    path::{Allowance, DocumentPath, Spot, Unevaluated},
};

/// The compiled kind.
#[derive(Debug)]
pub(super) struct NotBefore(pub(super) Sides);

impl Kind for NotBefore {
    fn judge<'p>(
        &self,
        paths: &[DocumentPath],
        document: &Spot<'p>,
        allowance: &mut Allowance,
        told: &mut Told<'_, 'p>,
    ) -> Result<(), Unevaluated> {
        self.0.each_within(document, allowance, &mut |within, allowance| {
            // The last one with a zone and the last one without are all that the others can be held against.
            let (mut zoned, mut local): (Option<Moment>, Option<Moment>) = (None, None);
            let mut goes_on = true;
            self.0.other.each(within, allowance, &mut |spot, _| {
                match spot.text().and_then(|text| Moment::read(&text)) {
                    Some(moment) => {
                        let last = if moment.has_zone() { &mut zoned } else { &mut local };
                        if last.as_ref().is_none_or(|last| last.starts_before(&moment)) {
                            *last = Some(moment);
                        }
                    }
                    None => goes_on = tell(told, code::NOT_COMPARABLE, &why_none(spot), spot),
                }
                Ok(goes_on)
            })?;
            for path in paths {
                path.each(within, allowance, &mut |spot, _| {
                    goes_on = match spot.text().and_then(|text| Moment::read(&text)) {
                        None => tell(told, code::NOT_COMPARABLE, &why_none(spot), spot),
                        Some(moment) => {
                            let limits = [&zoned, &local];
                            let is_before =
                                limits.into_iter().flatten().any(|it| moment.is_before(it));
                            let sentence =
                                "the date lies before the one that it must not lie before";
                            !is_before || tell(told, code::DATES, sentence, spot)
                        }
                    };
                    Ok(goes_on)
                })?;
            }
            Ok(goes_on)
        })
    }
}

/// Why there is no date at a place.
fn why_none(spot: &Spot<'_>) -> String {
    match spot.text() {
        Some(_) => NOT_A_DATE.to_owned(),
        None => format!("the value {}, and no date", no_text(spot)),
    }
}

const NOT_A_DATE: &str = "the value is not a date, such as 2026-07-01, nor a date with a time";
