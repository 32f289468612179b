//! Decimal numbers: implied or written decimals, signs in every place that is in use.
//!
//! Digits are moved, never calculated with: there is no binary floating point and no longest number.

use super::Wrong;

/// Where the sign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sign {
    /// There is none.
    #[default]
    None,
    /// In front of the digits.
    Leading,
    /// After the digits.
    Trailing,
    /// In the last digit: `{ABCDEFGHI` are 0 to 9 with plus, `}JKLMNOPQR` with minus.
    Overpunch,
}

/// How plus is written, where the sign has a place of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Plus {
    /// As `+`.
    #[default]
    Sign,
    /// As a blank, or not at all where the sign floats.
    Blank,
    /// As a zero.
    Zero,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// How many of its digits are decimals.
    pub decimals: usize,
    /// What stands before the decimals; nothing where they are implied.
    pub mark: Option<char>,
    /// Where the sign stands.
    pub sign: Sign,
    /// How plus is written.
    pub plus: Plus,
    /// Blanks in front rather than zeros; the sign then stands at the digits.
    pub blanks_in_front: bool,
    /// Overpunched zeros, plus and minus: `{}`, or `æå` where a Danish or Norwegian EBCDIC file was
    /// turned into another character set letter by letter.
    pub zeros: [char; 2],
}

impl Default for Form {
    fn default() -> Self {
        Self {
            decimals: 0,
            mark: None,
            sign: Sign::None,
            plus: Plus::Sign,
            blanks_in_front: false,
            zeros: ['{', '}'],
        }
    }
}

const NO_DIGIT: &str = "the field holds no digit";
const NO_NUMBER: &str = "the field holds a character that is no part of a number";

impl Form {
    /// Whether it may be negative.
    pub(crate) fn is_signed(&self) -> bool {
        self.sign != Sign::None
    }

    /// How many digits a number may have in so many characters.
    pub(crate) fn digits_max(&self, length: usize) -> usize {
        let sign = matches!(self.sign, Sign::Leading | Sign::Trailing) && !self.blanks_in_front;
        // A sign that floats takes a place only of a number that has one.
        length.saturating_sub(usize::from(sign) + usize::from(self.mark.is_some()))
    }

    pub(super) fn read<'a>(&self, raw: &'a str, buffer: &'a mut String) -> Result<&'a str, Wrong> {
        let (digits, at) = match self.blanks_in_front {
            true => (raw.trim_matches(' '), raw.len() - raw.trim_start_matches(' ').len()),
            false => (raw, 0),
        };
        if self.sign == Sign::None && self.decimals == 0 && self.mark.is_none() {
            check_digits(digits, at)?;
            return match digits {
                "" => Err(Wrong::value(NO_DIGIT, at)),
                digits => Ok(without_zeros(digits)),
            };
        }
        let (negative, digits, at, last) = self.split_sign(digits, at)?;
        let (whole, decimals) = self.split_decimals(digits, at, last.is_some())?;
        check_digits(whole, at)?;
        check_digits(decimals, at + digits.len() - decimals.len())?;
        if whole.len() + decimals.len() + usize::from(last.is_some()) == 0 {
            return Err(Wrong::value(NO_DIGIT, at));
        }
        compose(Decimal { negative, whole, decimals, last }, self.decimals, self.mark, buffer);
        Ok(buffer)
    }

    /// Whether it is negative, the digits, where they begin, and the digit that carries the sign.
    fn split_sign<'a>(
        &self,
        raw: &'a str,
        at: usize,
    ) -> Result<(bool, &'a str, usize, Option<u8>), Wrong> {
        match self.sign {
            Sign::None => Ok((false, raw, at, None)),
            Sign::Leading => match raw.as_bytes().first() {
                Some(b'-') => Ok((true, raw.get(1..).unwrap_or_default(), at + 1, None)),
                Some(b'+' | b' ') => Ok((false, raw.get(1..).unwrap_or_default(), at + 1, None)),
                _ => Ok((false, raw, at, None)),
            },
            Sign::Trailing => {
                let digits = raw.get(..raw.len().saturating_sub(1)).unwrap_or_default();
                match raw.as_bytes().last() {
                    Some(b'-') => Ok((true, digits, at, None)),
                    Some(b'+' | b' ') => Ok((false, digits, at, None)),
                    _ => Ok((false, raw, at, None)),
                }
            }
            Sign::Overpunch => {
                let Some(last) = raw.chars().next_back() else {
                    return Err(Wrong::value(NO_DIGIT, at));
                };
                let digits = raw.get(..raw.len() - last.len_utf8()).unwrap_or_default();
                let (negative, digit) = self
                    .overpunched(last)
                    .ok_or(Wrong::value("the last digit carries no sign", at + digits.len()))?;
                Ok((negative, digits, at, Some(digit)))
            }
        }
    }

    fn overpunched(&self, last: char) -> Option<(bool, u8)> {
        let between = |first: char| u8::try_from(u32::from(last) - u32::from(first)).ok();
        let [plus, minus] = self.zeros;
        match last {
            '0'..='9' => Some((false, between('0')?)),
            'A'..='I' => Some((false, between('A')? + 1)),
            'J'..='R' => Some((true, between('J')? + 1)),
            last if last == plus => Some((false, 0)),
            last if last == minus => Some((true, 0)),
            _ => None,
        }
    }

    /// Digits before and after the mark; with implied decimals the last ones, as many as there are.
    fn split_decimals<'a>(
        &self,
        digits: &'a str,
        at: usize,
        last_apart: bool,
    ) -> Result<(&'a str, &'a str), Wrong> {
        let Some(mark) = self.mark else {
            let n_here = self.decimals.saturating_sub(usize::from(last_apart));
            let split = digits.len().saturating_sub(n_here);
            return digits.split_at_checked(split).ok_or(Wrong::value(NO_NUMBER, at));
        };
        match digits.split_once(mark) {
            None => Ok((digits, "")),
            Some((_, decimals)) if decimals.len() > self.decimals => {
                Err(Wrong::value("the number has more decimals than the description says", at))
            }
            Some((_, "")) | Some(("", _)) => {
                Err(Wrong::value("the number has no digit on one side of its mark", at))
            }
            Some(parts) => Ok(parts),
        }
    }

    pub(super) fn write(
        &self,
        value: &str,
        width: Option<usize>,
        raw: &mut String,
    ) -> Result<(), Wrong> {
        let decimal = canonical(value)?;
        let missing = self
            .decimals
            .checked_sub(decimal.decimals.len())
            .ok_or(Wrong::fit("the value has more decimals than the field"))?;
        let n_mark = match self.mark {
            // With a written mark the decimals are those of the value.
            Some(_) if decimal.decimals.is_empty() => 0,
            Some(_) => 1 + decimal.decimals.len(),
            None => self.decimals,
        };
        let whole = match decimal.whole {
            "0" if self.mark.is_none() && width.is_some() && self.decimals > 0 => "",
            whole => whole,
        };
        if decimal.negative && self.sign == Sign::None {
            return Err(Wrong::fit("the value is negative and the field has no sign"));
        }
        let sign = self.sign_of(decimal.negative);
        let n_taken = whole.len() + n_mark + usize::from(sign.is_some());
        let n_front = match width {
            Some(width) => width
                .checked_sub(n_taken)
                .ok_or(Wrong::fit("the number has more digits than the field"))?,
            None => 0,
        };
        let written = Decimal { whole, ..decimal };
        self.put(&written, sign, n_front, missing, raw);
        Ok(())
    }

    /// The sign where it has a place of its own.
    fn sign_of(&self, negative: bool) -> Option<char> {
        match (self.sign, negative, self.plus) {
            (Sign::None | Sign::Overpunch, ..) => None,
            (_, true, _) => Some('-'),
            (_, false, Plus::Sign) => Some('+'),
            (Sign::Leading, false, Plus::Blank) if self.blanks_in_front => None,
            (_, false, Plus::Blank) => Some(' '),
            (_, false, Plus::Zero) => Some('0'),
        }
    }

    fn put(
        &self,
        decimal: &Decimal<'_>,
        sign: Option<char>,
        n_front: usize,
        missing: usize,
        raw: &mut String,
    ) {
        let lead = sign.filter(|_| self.sign == Sign::Leading);
        let fill = |fill: char| std::iter::repeat_n(fill, n_front);
        if self.blanks_in_front {
            raw.extend(fill(' '));
            raw.extend(lead);
        } else {
            raw.extend(lead);
            raw.extend(fill('0'));
        }
        raw.push_str(decimal.whole);
        match self.mark {
            Some(mark) if !decimal.decimals.is_empty() => {
                raw.push(mark);
                raw.push_str(decimal.decimals);
            }
            Some(_) => {}
            None => {
                raw.push_str(decimal.decimals);
                raw.extend(std::iter::repeat_n('0', missing));
            }
        }
        match self.sign {
            Sign::Trailing => raw.extend(sign),
            Sign::Overpunch => self.overpunch(decimal.negative, raw),
            Sign::None | Sign::Leading => {}
        }
    }

    fn overpunch(&self, negative: bool, raw: &mut String) {
        let Some(digit) = raw.pop() else { return };
        let [plus, minus] = self.zeros;
        let row: [char; 10] = match negative {
            false => [plus, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I'],
            true => [minus, 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R'],
        };
        let at = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok());
        raw.push(at.and_then(|at| row.get(at).copied()).unwrap_or(digit));
    }
}

/// A decimal number in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal<'a> {
    pub(crate) negative: bool,
    pub(crate) whole: &'a str,
    pub(crate) decimals: &'a str,
    /// A digit that stands apart, since it carries the sign.
    pub(crate) last: Option<u8>,
}

/// The pieces of a canonical number: a minus or nothing, digits without zeros in front, and a point
/// with decimals or none.
pub(crate) fn canonical(value: &str) -> Result<Decimal<'_>, Wrong> {
    const WRONG: &str = "the value is no decimal number in canonical form";
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let sound = check_digits(whole, 0).is_ok()
        && check_digits(decimals, 0).is_ok()
        && !whole.is_empty()
        && !digits.ends_with('.');
    if !sound {
        return Err(Wrong::value(WRONG, 0));
    }
    let zero = whole.bytes().chain(decimals.bytes()).all(|digit| digit == b'0');
    let negative = value.len() > digits.len() && !zero;
    Ok(Decimal { negative, whole: without_zeros(whole), decimals, last: None })
}

/// Writes a number in canonical form into an empty buffer.
fn compose(number: Decimal<'_>, n_decimals: usize, mark: Option<char>, buffer: &mut String) {
    buffer.clear();
    let digits = number.whole.bytes().chain(number.decimals.bytes());
    let zero = digits.clone().all(|digit| digit == b'0') && number.last.unwrap_or(0) == 0;
    if number.negative && !zero {
        buffer.push('-');
    }
    // The digit that carries a sign belongs to the decimals, or is the last of the whole number.
    let last = number.last.map(|digit| char::from(b'0' + digit));
    if n_decimals == 0 {
        let whole = number.whole.trim_start_matches('0');
        match last {
            Some(last) => {
                buffer.push_str(whole);
                buffer.push(last);
            }
            None => buffer.push_str(without_zeros(number.whole)),
        }
        return;
    }
    let whole = number.whole.trim_start_matches('0');
    buffer.push_str(if whole.is_empty() { "0" } else { whole });
    let n_here = number.decimals.len() + usize::from(last.is_some());
    if n_here == 0 {
        return;
    }
    buffer.push('.');
    if mark.is_none() {
        buffer.extend(std::iter::repeat_n('0', n_decimals.saturating_sub(n_here)));
    }
    buffer.push_str(number.decimals);
    buffer.extend(last);
}

fn check_digits(digits: &str, at: usize) -> Result<(), Wrong> {
    match digits.bytes().position(|byte| !byte.is_ascii_digit()) {
        Some(wrong) => Err(Wrong::value(NO_NUMBER, at + wrong)),
        None => Ok(()),
    }
}

/// The digits without zeros in front, one digit at least.
fn without_zeros(digits: &str) -> &str {
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    digits.get(zeros.min(digits.len().saturating_sub(1))..).unwrap_or(digits)
}
