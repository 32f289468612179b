//! Reading a field's kind from a table of a description.

use super::{Absent, Align, Field, FieldKind, MomentForm, NumberForm, Plus, Sign, TextForm};
use sluse_contracts::{code, settings::Table};

/// The table of a field in a description, whose keys are asked for kind by kind.
#[derive(Debug)]
pub struct FieldTable<'t, 'd> {
    table: &'t mut Table<'d>,
    /// What fills texts up where the description does not say.
    pad: Option<char>,
    /// How numbers are written where it does not say.
    number: NumberForm,
}

/// Most decimals and repetitions that a description may name.
const DECIMALS_MAX: u64 = 100;

impl<'t, 'd> FieldTable<'t, 'd> {
    /// The keys of one field.
    pub fn new(table: &'t mut Table<'d>) -> Self {
        Self { table, pad: Some(' '), number: NumberForm::default() }
    }

    /// For formats whose fields have no length: unless the description says so, texts are not
    /// filled up, and numbers have a minus where they are negative.
    #[must_use]
    pub fn unpadded(mut self) -> Self {
        self.pad = None;
        self.number.sign = Sign::Leading;
        self.number.plus = Plus::Blank;
        self.number.blanks_in_front = true;
        self
    }

    /// Reads a field of a kind that text formats share; nothing where the word is none of them, or
    /// where a fault was reported.
    pub fn field(&mut self, kind: &str) -> Option<Field> {
        let (kind, absent): (_, &[&str]) = match kind {
            "text" => (FieldKind::Text(self.text()?), &["blanks"]),
            "digits" => (FieldKind::Digits, &["blanks"]),
            "number" => (FieldKind::Number(self.number()?), &["blanks"]),
            "date" => (FieldKind::Moment(self.moment()?), &["blanks", "zeros"]),
            "constant" => {
                let text = self.table.text("value")?;
                return Some(Field {
                    kind: FieldKind::Constant(text.into()),
                    absent: Absent::default(),
                    required: false,
                });
            }
            _ => return None,
        };
        let required = self.table.flag("required").unwrap_or(false);
        Some(Field { kind, absent: self.absent_or(absent)?, required })
    }

    /// What stands for no value: as the description says, else these words.
    pub(crate) fn absent_or(&mut self, words: &[&str]) -> Option<Absent> {
        match self.table.value("absent") {
            Some(_) => self.absent(),
            None => {
                let mut absent = Absent::default();
                words.iter().for_each(|word| absent.add(word));
                Some(absent)
            }
        }
    }

    fn text(&mut self) -> Option<TextForm> {
        let align = [("left", Align::Left), ("right", Align::Right)];
        let align = self.optional("align", &align)?.unwrap_or_default();
        Some(TextForm { align, pad: self.character("pad")?.or(self.pad) })
    }

    pub(crate) fn number(&mut self) -> Option<NumberForm> {
        let signs = [
            ("none", Sign::None),
            ("leading", Sign::Leading),
            ("trailing", Sign::Trailing),
            ("overpunch", Sign::Overpunch),
        ];
        let plus = [("+", Plus::Sign), ("blank", Plus::Blank), ("0", Plus::Zero)];
        let form = NumberForm {
            decimals: self.whole("decimals", 0)?,
            mark: self.character("mark")?,
            sign: self.optional("sign", &signs)?.unwrap_or(self.number.sign),
            plus: self.optional("plus", &plus)?.unwrap_or(self.number.plus),
            blanks_in_front: self
                .optional("pad", &[("0", false), ("blank", true)])?
                .unwrap_or(self.number.blanks_in_front),
            zeros: self
                .optional("overpunched-zeros", &[("{}", ['{', '}']), ("æå", ['æ', 'å'])])?
                .unwrap_or(['{', '}']),
        };
        self.check_number(&form)?;
        Some(form)
    }

    fn check_number(&self, form: &NumberForm) -> Option<()> {
        let refused = if form.mark.is_some() && form.decimals == 0 {
            ("mark", "`mark` stands before decimals: say how many with `decimals`")
        } else if form.mark.is_some_and(|mark| mark.is_ascii_digit() || "+- ".contains(mark)) {
            ("mark", "`mark` is a point, a comma or the like")
        } else if form.mark.is_some() && form.sign == Sign::Overpunch {
            ("mark", "an overpunched number has implied decimals: leave `mark` out")
        } else if form.plus == Plus::Zero && form.sign != Sign::Leading {
            ("plus", "`plus = \"0\"` takes `sign = \"leading\"`")
        } else if form.plus == Plus::Zero && form.blanks_in_front {
            ("plus", "`plus = \"0\"` takes zeros in front")
        } else {
            return Some(());
        };
        self.table.report(refused.0, code::VALUE_WRONG, refused.1);
        None
    }

    fn moment(&mut self) -> Option<MomentForm> {
        let pattern = self.table.text("form")?;
        let partial = self.table.flag("partial").unwrap_or(false);
        let has_pivot = self.table.has("pivot");
        let pivot = self.table.whole("pivot", 0..=100).map(u16::try_from);
        let pivot = pivot.transpose().ok()?.unwrap_or(0);
        match MomentForm::new(&pattern, pivot, partial) {
            Ok(form) if form.has_short_year() && !has_pivot => {
                let sentence =
                    "a year of two digits takes `pivot`: years below it are 20yy, others 19yy";
                self.table.report("form", code::KEY_MISSING, sentence);
                None
            }
            Ok(form) => Some(form),
            Err(wrong) => {
                self.table.report("form", code::VALUE_WRONG, format!("`form`: {wrong}"));
                None
            }
        }
    }

    fn absent(&mut self) -> Option<Absent> {
        let mut absent = Absent::default();
        for word in self.table.texts("absent") {
            match word.value.as_str() {
                "blanks" | "zeros" | "nulls" => absent.add(&word.value),
                _ => {
                    let sentence = "`absent` is a list of: blanks, zeros, nulls";
                    self.table.settings().report(word.place, code::VALUE_WRONG, sentence);
                    return None;
                }
            }
        }
        Some(absent)
    }

    /// A whole number, or its default; nothing where it is wrong.
    pub(crate) fn whole(&mut self, key: &'static str, default: usize) -> Option<usize> {
        if !self.table.has(key) {
            self.table.value(key);
            return Some(default);
        }
        usize::try_from(self.table.whole(key, 0..=DECIMALS_MAX)?).ok()
    }

    /// One of a list of words, nothing within where absent; nothing where it is wrong.
    fn optional<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<Option<T>> {
        let there = self.table.has(key);
        let found = self.table.choice(key, words);
        (found.is_some() || !there).then_some(found)
    }

    /// One character, nothing within where absent; nothing where it is wrong.
    pub(crate) fn character(&mut self, key: &'static str) -> Option<Option<char>> {
        let Some(value) = self.table.value(key) else { return Some(None) };
        let text = value.text()?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Some(Some(character)),
            _ => {
                value.refuse(format!("`{key}` takes one character"));
                None
            }
        }
    }
}

impl Absent {
    fn add(&mut self, word: &str) {
        let written = match word {
            "zeros" => {
                self.zeros = true;
                '0'
            }
            "nulls" => {
                self.nulls = true;
                '\0'
            }
            _ => {
                self.blanks = true;
                ' '
            }
        };
        self.written.get_or_insert(written);
    }
}
