//! Dates and times in fixed forms, such as `yyyyMMdd`, `ddMMyy` or `yyDDD`.

use super::Wrong;

/// A form, read from its pattern: `yyyy`, `yy`, `MM`, `dd`, `DDD` (day of the year), `HH`, `mm`, `ss`,
/// and anything else as itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    parts: Vec<Part>,
    /// Two digits of a year below this are of the century of 2000, others of that of 1900.
    pivot: u16,
    /// Whether day, or month and day, may be zeros: `1996-07`, `1996`.
    partial: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    ShortYear,
    Month,
    Day,
    DayOfYear,
    Hour,
    Minute,
    Second,
    Mark(char),
}

/// Why a pattern is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongForm {
    /// It names a part twice.
    #[error("a part stands twice in the form")]
    Twice,
    /// It has no part, or not those that make a date or a time.
    #[error(
        "a form has a year with month and day or with the day of the year, or HH and mm, or both, as in yyyyMMdd, ddMMyy, yyDDD, yyyy-MM-dd HH:mm: MM is the month, mm the minute"
    )]
    Unmade,
    /// It holds letters or digits that mean nothing.
    #[error("a form consists of yyyy or yy, MM, dd, DDD, HH, mm, ss and marks between them")]
    Letters,
}

/// What was read so far.
#[derive(Debug, Clone, Copy, Default)]
struct Moment {
    year: u16,
    month: u16,
    day: u16,
    day_of_year: u16,
    hour: u16,
    minute: u16,
    second: u16,
}

const WORDS: [(&str, Part); 8] = [
    ("yyyy", Part::Year),
    ("yy", Part::ShortYear),
    ("MM", Part::Month),
    ("dd", Part::Day),
    ("DDD", Part::DayOfYear),
    ("HH", Part::Hour),
    ("mm", Part::Minute),
    ("ss", Part::Second),
];

impl Form {
    /// Reads a pattern. `pivot` counts where it has `yy`.
    ///
    /// # Errors
    /// Where it is no form.
    pub fn new(pattern: &str, pivot: u16, partial: bool) -> Result<Self, WrongForm> {
        let (mut parts, mut rest) = (Vec::new(), pattern);
        while let Some(first) = rest.chars().next() {
            let word =
                WORDS.iter().find_map(|(word, part)| Some((*part, rest.strip_prefix(word)?)));
            let (part, after) = match word {
                Some(found) => found,
                None if first.is_alphanumeric() && first != 'T' => return Err(WrongForm::Letters),
                None => (Part::Mark(first), rest.get(first.len_utf8()..).unwrap_or_default()),
            };
            if !matches!(part, Part::Mark(_)) && parts.contains(&part) {
                return Err(WrongForm::Twice);
            }
            parts.push(part);
            rest = after;
        }
        let form = Self { parts, pivot, partial };
        match form.is_whole() {
            true => Ok(form),
            false => Err(WrongForm::Unmade),
        }
    }

    /// Whether it has a year of two digits.
    pub fn has_short_year(&self) -> bool {
        self.has(Part::ShortYear)
    }

    /// How many characters it takes.
    pub fn width(&self) -> usize {
        self.parts.iter().map(|part| part.width()).sum()
    }

    fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    fn has_date(&self) -> bool {
        self.has(Part::Year) || self.has(Part::ShortYear)
    }

    /// The parts make a date, a time or both.
    fn is_whole(&self) -> bool {
        let n_years = usize::from(self.has(Part::Year)) + usize::from(self.has(Part::ShortYear));
        let (month, day, of_year) =
            (self.has(Part::Month), self.has(Part::Day), self.has(Part::DayOfYear));
        let date = n_years == 1 && month == day && month != of_year;
        let no_date = n_years == 0 && !month && !day && !of_year;
        let time = self.has(Part::Hour) && self.has(Part::Minute);
        let no_time = !self.has(Part::Hour) && !self.has(Part::Minute) && !self.has(Part::Second);
        (date && (time || no_time)) || (no_date && time)
    }

    pub(crate) fn read<'a>(&self, raw: &str, buffer: &'a mut String) -> Result<&'a str, Wrong> {
        let (mut moment, mut rest, mut at) = (Moment::default(), raw, 0);
        for part in &self.parts {
            let (piece, after) =
                split(rest, part.width()).ok_or(Wrong::value("the date or time is cut off", at))?;
            match part {
                Part::Mark(mark) if !piece.starts_with(*mark) => {
                    return Err(Wrong::value("a mark of the date or time is missing", at));
                }
                Part::Mark(_) => {}
                part => moment.set(*part, number(piece, at)?, self.pivot),
            }
            at += piece.len();
            rest = after;
        }
        if !rest.is_empty() {
            return Err(Wrong::value("something follows the date or time", at));
        }
        if self.has(Part::DayOfYear) {
            moment.find_day_of_year()?;
        }
        if self.has_date() {
            moment.check_date(self.partial)?;
        }
        moment.check_time()?;
        self.compose(&moment, buffer);
        Ok(buffer)
    }

    /// The canonical text, in an empty buffer.
    fn compose(&self, moment: &Moment, buffer: &mut String) {
        buffer.clear();
        if self.has_date() {
            put(buffer, moment.year, 4);
            for part in [moment.month, moment.day].into_iter().take_while(|part| *part > 0) {
                buffer.push('-');
                put(buffer, part, 2);
            }
        }
        if self.has(Part::Hour) {
            if self.has_date() {
                buffer.push('T');
            }
            put(buffer, moment.hour, 2);
            buffer.push(':');
            put(buffer, moment.minute, 2);
        }
        if self.has(Part::Second) {
            buffer.push(':');
            put(buffer, moment.second, 2);
        }
    }

    pub(crate) fn write(&self, value: &str, raw: &mut String) -> Result<(), Wrong> {
        let moment = self.canonical(value)?;
        let start = raw.len();
        for part in &self.parts {
            match part {
                Part::Mark(mark) => raw.push(*mark),
                Part::ShortYear => put(raw, moment.year % 100, 2),
                part => put(raw, moment.get(*part), part.width()),
            }
        }
        // What it is written as must be read as the same: the century of a short year, seconds.
        let mut again = String::with_capacity(value.len());
        let written = raw.get(start..).unwrap_or_default();
        if self.read(written, &mut again)? != value {
            return Err(Wrong::fit("the form cannot hold all of the date or time"));
        }
        Ok(())
    }

    fn canonical(&self, value: &str) -> Result<Moment, Wrong> {
        const WRONG: Wrong = Wrong {
            code: sluse_contracts::code::FIELD_VALUE,
            sentence: "the value is no date or time in canonical form",
            at: 0,
        };
        let (date, time) = match (self.has_date(), self.has(Part::Hour)) {
            (true, true) => value.split_once('T').ok_or(WRONG)?,
            (true, false) => (value, ""),
            (false, _) => ("", value),
        };
        let mut moment = Moment::default();
        let mut pieces = date.split('-').filter(|_| self.has_date());
        for (part, width) in [(Part::Year, 4), (Part::Month, 2), (Part::Day, 2)] {
            let Some(piece) = pieces.next() else { break };
            let piece = Some(piece).filter(|piece| piece.len() == width).ok_or(WRONG)?;
            moment.set(part, number(piece, 0).map_err(|_| WRONG)?, 0);
        }
        let mut times = time.split(':').filter(|_| self.has(Part::Hour));
        for part in [Part::Hour, Part::Minute, Part::Second] {
            let Some(piece) = times.next() else { break };
            let piece = Some(piece).filter(|piece| piece.len() == 2).ok_or(WRONG)?;
            moment.set(part, number(piece, 0).map_err(|_| WRONG)?, 0);
        }
        moment.day_of_year = moment.days_before() + moment.day;
        match pieces.next().or(times.next()) {
            None => Ok(moment),
            Some(_) => Err(WRONG),
        }
    }
}

impl Part {
    fn width(self) -> usize {
        match self {
            Self::Year => 4,
            Self::DayOfYear => 3,
            Self::Mark(_) => 1,
            _ => 2,
        }
    }
}

impl Moment {
    fn set(&mut self, part: Part, number: u16, pivot: u16) {
        match part {
            Part::Year => self.year = number,
            Part::ShortYear => self.year = number + if number < pivot { 2000 } else { 1900 },
            Part::Month => self.month = number,
            Part::Day => self.day = number,
            Part::DayOfYear => self.day_of_year = number,
            Part::Hour => self.hour = number,
            Part::Minute => self.minute = number,
            Part::Second => self.second = number,
            Part::Mark(_) => {}
        }
    }

    fn get(&self, part: Part) -> u16 {
        match part {
            Part::Year | Part::ShortYear => self.year,
            Part::Month => self.month,
            Part::Day => self.day,
            Part::DayOfYear => self.day_of_year,
            Part::Hour => self.hour,
            Part::Minute => self.minute,
            Part::Second => self.second,
            Part::Mark(_) => 0,
        }
    }

    fn is_leap(&self) -> bool {
        self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400))
    }

    fn days_in(&self, month: u16) -> u16 {
        match month {
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u16::from(self.is_leap()),
            _ => 31,
        }
    }

    fn days_before(&self) -> u16 {
        (1..self.month.min(13)).map(|month| self.days_in(month)).sum()
    }

    fn find_day_of_year(&mut self) -> Result<(), Wrong> {
        let n_days = 365 + u16::from(self.is_leap());
        if !(1..=n_days).contains(&self.day_of_year) {
            return Err(Wrong::value("the year has no such day", 0));
        }
        let mut left = self.day_of_year;
        self.month = 1;
        while left > self.days_in(self.month) {
            left -= self.days_in(self.month);
            self.month += 1;
        }
        self.day = left;
        Ok(())
    }

    fn check_date(&self, partial: bool) -> Result<(), Wrong> {
        if partial && self.day == 0 && self.month <= 12 {
            return Ok(());
        }
        if !(1..=12).contains(&self.month) {
            return Err(Wrong::value("there is no such month", 0));
        }
        match (1..=self.days_in(self.month)).contains(&self.day) {
            true => Ok(()),
            false => Err(Wrong::value("the month has no such day", 0)),
        }
    }

    fn check_time(&self) -> Result<(), Wrong> {
        match self.hour < 24 && self.minute < 60 && self.second < 60 {
            true => Ok(()),
            false => Err(Wrong::value("there is no such time of day", 0)),
        }
    }
}

/// Writes the last digits of a number, as many as asked for.
fn put(text: &mut String, number: u16, width: usize) {
    for power in [1_000, 100, 10, 1].into_iter().skip(4_usize.saturating_sub(width)) {
        text.push(char::from(b'0' + u8::try_from(number / power % 10).unwrap_or(0)));
    }
}

fn number(piece: &str, at: usize) -> Result<u16, Wrong> {
    let mut number = 0_u16;
    for (index, byte) in piece.bytes().enumerate() {
        if !byte.is_ascii_digit() {
            let sentence = "the date or time holds a character that is no digit";
            return Err(Wrong::value(sentence, at + index));
        }
        number = number.saturating_mul(10).saturating_add(u16::from(byte - b'0'));
    }
    Ok(number)
}

/// The first characters, as many as asked for, and what follows.
fn split(text: &str, n_characters: usize) -> Option<(&str, &str)> {
    let start = text.as_bytes().get(..n_characters)?;
    let end = match start.is_ascii() {
        true => n_characters,
        false => {
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.nth(n_characters)?
        }
    };
    text.split_at_checked(end)
}
