//! Service characters: what sets segments, elements and components apart (ISO 9735:1988, section 7.1).
//!
//! An interchange may state its own in a service string advice, `UNA` and six characters before its
//! first segment. Where it states none, those of its syntax level hold.

/// The bytes of a service string advice: `UNA` and six characters.
pub const ADVICE_BYTES: usize = 9;

/// The characters that set the parts of an interchange apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Between the components of an element: `:`.
    pub component: u8,
    /// Between the elements of a segment: `+`.
    pub element: u8,
    /// The decimal mark of numbers: `.` or `,`.
    pub decimal: u8,
    /// Before a service character that is meant as text: `?`. Absent where the advice has a space.
    pub release: Option<u8>,
    /// Between repetitions of an element: `*`. Only in syntax version 4.
    pub repetition: Option<u8>,
    /// At the end of a segment: `'`.
    pub terminator: u8,
}

/// Why a service string advice cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdviceFault {
    /// One character stands for two things; its place in the advice.
    Twice(usize),
    /// A letter, a digit, a control character or a byte that is not ASCII; its place in the advice.
    Unusable(usize),
}

impl Service {
    /// Those that hold where an interchange states none.
    pub const USUAL: Self = Self {
        component: b':',
        element: b'+',
        decimal: b'.',
        release: Some(b'?'),
        repetition: None,
        terminator: b'\'',
    };

    /// Those of level B where an interchange states none and uses characters that cannot be printed: the information
    /// separators IS4, IS3 and IS1 (ISO 9735:1988, section 5.2).
    pub const LEVEL_B: Self = Self {
        component: 0x1F,
        element: 0x1D,
        decimal: b'.',
        release: None,
        repetition: None,
        terminator: 0x1C,
    };

    /// Reads an advice: `UNA`, then component separator, element separator, decimal mark, release character, one
    /// that is reserved (the repetition separator in version 4) and terminator. A space for the release or the
    /// reserved character means that there is none.
    ///
    /// # Errors
    /// Where a character cannot be one, or is another already.
    pub fn of_advice(advice: &[u8; ADVICE_BYTES]) -> Result<Self, AdviceFault> {
        let [_, _, _, component, element, decimal, release, reserved, terminator] = *advice;
        let unless_space = |byte| (byte != b' ').then_some(byte);
        let (release, repetition) = (unless_space(release), unless_space(reserved));
        let apart = [Some(component), Some(element), release, repetition, Some(terminator)];
        let places = [3, 4, 6, 7, 8];
        for (at, (byte, place)) in apart.iter().zip(places).enumerate() {
            let Some(byte) = byte else { continue };
            if !byte.is_ascii_punctuation() {
                return Err(AdviceFault::Unusable(place));
            }
            if apart.iter().take(at).any(|other| other.as_ref() == Some(byte)) {
                return Err(AdviceFault::Twice(place));
            }
        }
        if !matches!(decimal, b'.' | b',' | b' ') {
            return Err(AdviceFault::Unusable(5));
        }
        Ok(Self { component, element, decimal, release, repetition, terminator })
    }

    /// The advice that states them.
    pub fn advice(&self) -> [u8; ADVICE_BYTES] {
        let or_space = |byte: Option<u8>| byte.unwrap_or(b' ');
        [
            b'U',
            b'N',
            b'A',
            self.component,
            self.element,
            self.decimal,
            or_space(self.release),
            or_space(self.repetition),
            self.terminator,
        ]
    }

    /// Whether a byte is one of those that set parts apart or release.
    pub fn contains(&self, byte: u8) -> bool {
        [self.component, self.element, self.terminator].contains(&byte)
            || self.release == Some(byte)
            || self.repetition == Some(byte)
    }
}
