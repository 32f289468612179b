//! Whether a verdict holds a message back today: the weaker of what the operator set and what the
//! contract's dates say.

use crate::{
    Day,
    manifest::{Dates, Status},
};

/// What an operator sets for a service or route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enforcement {
    /// Judge and record.
    Observe,
    /// Hold back what breaks the contract.
    Enforce,
}

/// What happens to a message under a contract on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The contract is not observed yet: the message passes without a judgement.
    NotYet,
    /// Judged and recorded.
    Observe,
    /// Judged, recorded, and held back where it breaks the contract.
    Enforce,
    /// The contract is retired: held back, whatever it says.
    Refuse,
}

/// Whether a contract is retired on a day.
pub fn is_retired(status: Status, dates: &Dates, today: Day) -> bool {
    status == Status::Retired || dates.retire_on.is_some_and(|day| day <= today)
}

/// The effect of a contract on a day, given what the operator set.
pub fn in_effect(status: Status, dates: &Dates, today: Day, set: Enforcement) -> Effect {
    let is_before = |day: Option<Day>| day.is_some_and(|day| today < day);
    if is_retired(status, dates, today) {
        Effect::Refuse
    } else if is_before(dates.observe_from) {
        Effect::NotYet
    } else if is_before(dates.enforce_from) || set == Enforcement::Observe {
        Effect::Observe
    } else {
        Effect::Enforce
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_weaker_of_what_is_set_and_what_the_dates_say() {
        use Effect::{Enforce, NotYet, Observe, Refuse};
        let dates = Dates {
            observe_from: Some(Day::from_days(10)),
            enforce_from: Some(Day::from_days(20)),
            retire_on: Some(Day::from_days(30)),
        };
        for (today, enforced, observed) in [
            (9, NotYet, NotYet),
            (10, Observe, Observe),
            (19, Observe, Observe),
            (20, Enforce, Observe),
            (29, Enforce, Observe),
            (30, Refuse, Refuse),
        ] {
            let effect = |set| in_effect(Status::InForce, &dates, Day::from_days(today), set);
            assert_eq!(effect(Enforcement::Enforce), enforced, "{today}");
            assert_eq!(effect(Enforcement::Observe), observed, "{today}");
        }
        let always = Dates::default();
        let today = Day::from_days(0);
        assert_eq!(in_effect(Status::Retired, &always, today, Enforcement::Observe), Refuse);
        assert_eq!(in_effect(Status::InForce, &always, today, Enforcement::Enforce), Enforce);
    }
}
