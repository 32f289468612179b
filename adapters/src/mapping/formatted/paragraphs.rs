//! Running text as paragraphs, each set in one way, and their lines.

use super::LINES_MAX;

/// Most characters of a line, with the mark that it goes on.
const LINE_MAX: usize = 70;

/// What is written at the end of a line that goes on in the next, and for a blank line.
pub(super) const GOES_ON: char = '\\';
pub(super) const BLANK: &str = ".";

/// A font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Font {
    #[default]
    Proportional,
    Fixed,
}

/// A mark of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Bold,
    Italic,
    Underline,
    Center,
    Right,
}

/// How a paragraph is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Style {
    pub(crate) font: Font,
    pub(crate) mark: Option<Mark>,
}

/// Codes of how a segment is set.
const CODES: [(&str, Style); 12] = [
    ("P00", Style { font: Font::Proportional, mark: None }),
    ("PF0", Style { font: Font::Proportional, mark: Some(Mark::Bold) }),
    ("PK0", Style { font: Font::Proportional, mark: Some(Mark::Italic) }),
    ("PU0", Style { font: Font::Proportional, mark: Some(Mark::Underline) }),
    ("P0M", Style { font: Font::Proportional, mark: Some(Mark::Center) }),
    ("P0H", Style { font: Font::Proportional, mark: Some(Mark::Right) }),
    ("F00", Style { font: Font::Fixed, mark: None }),
    ("FF0", Style { font: Font::Fixed, mark: Some(Mark::Bold) }),
    ("FK0", Style { font: Font::Fixed, mark: Some(Mark::Italic) }),
    ("FU0", Style { font: Font::Fixed, mark: Some(Mark::Underline) }),
    ("F0M", Style { font: Font::Fixed, mark: Some(Mark::Center) }),
    ("F0H", Style { font: Font::Fixed, mark: Some(Mark::Right) }),
];

impl Mark {
    /// As XML names them.
    pub(crate) const NAMES: [(Self, &'static str); 5] = [
        (Self::Bold, "Bold"),
        (Self::Italic, "Italic"),
        (Self::Underline, "Underline"),
        (Self::Center, "Center"),
        (Self::Right, "Right"),
    ];

    /// Whether it stands in lines of its own.
    fn is_block(self) -> bool {
        matches!(self, Self::Center | Self::Right)
    }
}

impl Style {
    /// The style of a code.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        CODES.iter().find(|(known, _)| *known == code).map(|(_, style)| *style)
    }

    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        CODES.iter().find(|(_, style)| *style == self).map_or("P00", |(code, _)| code)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Break,
}

#[derive(Debug, Clone, Default)]
struct Paragraph {
    style: Style,
    pieces: Vec<Piece>,
}

/// A text, as paragraphs.
#[derive(Debug)]
pub(crate) struct Paragraphs(Vec<Paragraph>);

/// A segment to be written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) style: Style,
    pub(crate) lines: Vec<String>,
}

impl Default for Paragraphs {
    fn default() -> Self {
        Self(vec![Paragraph::default()])
    }
}

impl Paragraphs {
    /// Adds text. Line ends of XML say nothing: they are white space.
    pub(crate) fn add_text(&mut self, text: &str) {
        let Some(last) = self.0.last_mut() else { return };
        let text = text.replace(['\n', '\r', '\t'], " ");
        match last.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(before)) => before.push_str(&text),
            _ => last.pieces.push(Piece::Text(text)),
        }
    }

    pub(crate) fn add_break(&mut self) {
        if let Some(last) = self.0.last_mut() {
            last.pieces.push(Piece::Break);
        }
    }

    /// Begins what is set otherwise; gives how it was set before.
    pub(crate) fn enter(&mut self, mark: Option<Mark>) -> Style {
        let before = self.0.last().map(|last| last.style).unwrap_or_default();
        if mark.is_some_and(Mark::is_block) {
            self.end_line();
        }
        let style = match mark {
            Some(mark) => Style { mark: Some(mark), ..before },
            None => Style { font: Font::Fixed, ..before },
        };
        self.set(style);
        before
    }

    /// Goes back to how it was set before.
    pub(crate) fn leave(&mut self, mark: Option<Mark>, before: Style) {
        if mark.is_some_and(Mark::is_block) {
            self.end_line();
        }
        self.set(before);
    }

    /// A paragraph is begun anew where the last has a text.
    fn set(&mut self, style: Style) {
        match self.0.last_mut() {
            Some(last) if !last.pieces.iter().any(|piece| matches!(piece, Piece::Text(_))) => {
                last.style = style;
            }
            _ => self.0.push(Paragraph { style, pieces: Vec::new() }),
        }
    }

    fn end_line(&mut self) {
        let last = self.0.last().and_then(|last| last.pieces.last());
        if matches!(last, Some(Piece::Text(_))) {
            self.add_break();
        }
    }

    /// The segments that hold the text.
    ///
    /// A break right after the first paragraph ends its line, or fills its segment up, wherever it stands in XML:
    /// `<Bold>Title</Bold><Break/>text` is two segments of one line each.
    pub(crate) fn into_segments(self) -> Vec<Segment> {
        let n_paragraphs = self.0.len();
        let mut paragraphs = self.0.into_iter();
        let Some(first) = paragraphs.next() else { return Vec::new() };
        let mut rest: Vec<Paragraph> = paragraphs.collect();
        let second = rest.first_mut();
        let breaks =
            second.as_ref().is_some_and(|second| second.pieces.first() == Some(&Piece::Break));
        let is_open = matches!(first.pieces.last(), Some(Piece::Text(_)));
        let mut lines = lines(&first.pieces, n_paragraphs > 1 && !breaks);
        if let Some(second) = second {
            if is_open && breaks {
                second.pieces.remove(0);
            }
            let n_blank = second.pieces.iter().take_while(|piece| **piece == Piece::Break).count();
            let n_free = (LINES_MAX - lines.len() % LINES_MAX) % LINES_MAX;
            let n_moved = n_blank.min(n_free);
            lines.extend(std::iter::repeat_n(BLANK.to_owned(), n_moved));
            second.pieces.drain(..n_moved);
        }
        let mut segments = Vec::new();
        split(first.style, &lines, &mut segments);
        for paragraph in rest {
            split(paragraph.style, &self::lines(&paragraph.pieces, true), &mut segments);
        }
        segments
    }
}

fn split(style: Style, lines: &[String], segments: &mut Vec<Segment>) {
    let parts = lines.chunks(LINES_MAX);
    segments.extend(parts.map(|lines| Segment { style, lines: lines.to_vec() }));
}

/// The lines of a paragraph. One that is not ended goes on where others follow or came before.
fn lines(pieces: &[Piece], goes_on: bool) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), Line::default());
    for piece in pieces {
        match piece {
            Piece::Text(text) => text.chars().for_each(|c| line.add(c, &mut lines)),
            Piece::Break if line.text.is_empty() => lines.push(BLANK.to_owned()),
            Piece::Break => lines.push(std::mem::take(&mut line).text),
        }
    }
    if !line.text.is_empty() {
        if goes_on {
            line.text.push(GOES_ON);
        }
        lines.push(line.text);
    }
    lines
}

/// A line that grows.
#[derive(Debug, Default)]
struct Line {
    text: String,
    /// Characters, those counted twice that take a release character.
    width: usize,
}

/// Whether a character takes a release character, by MedCom's count.
fn is_released(c: char) -> bool {
    matches!(c, '?' | ':' | '\\' | '\'' | '+')
}

fn width(c: char) -> usize {
    if is_released(c) { 2 } else { 1 }
}

impl Line {
    fn add(&mut self, c: char, lines: &mut Vec<String>) {
        let full = LINE_MAX - 1;
        if self.width + width(c) > full {
            self.go_on(self.break_at(), lines);
        }
        self.text.push(c);
        self.width += width(c);
    }

    /// Where a full line is broken: after the last white space, but not within the first few characters.
    fn break_at(&self) -> usize {
        let (mut at, mut width_before) = (None, 0);
        for (start, c) in self.text.char_indices() {
            width_before += width(c);
            if c.is_ascii_whitespace() && width_before > 3 {
                at = Some(start + c.len_utf8());
            }
        }
        at.unwrap_or(self.text.len())
    }

    fn go_on(&mut self, at: usize, lines: &mut Vec<String>) {
        let rest = self.text.split_off(at);
        let mut line = std::mem::replace(&mut self.text, rest);
        line.push(GOES_ON);
        lines.push(line);
        self.width = self.text.chars().map(width).sum();
    }
}
