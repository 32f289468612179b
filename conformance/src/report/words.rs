//! The reports' own words, in English and Danish. What a contract says comes in its languages.

use crate::result::{CaseVerdict, RunOutcome};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// A language of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Danish.
    Danish,
}

impl Language {
    /// Both, in the order in which a report offers them.
    pub const ALL: [Self; 2] = [Self::English, Self::Danish];

    /// Its tag (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Danish => "da",
        }
    }

    /// What it calls itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Danish => "Dansk",
        }
    }

    /// A sentence of the table below.
    pub const fn say(self, say: Say) -> &'static str {
        let (english, danish) = say.both();
        match self {
            Self::English => english,
            Self::Danish => danish,
        }
    }

    /// A sentence of a result in this language; in English where it is not known in another.
    pub fn sentence(self, english: &str) -> String {
        let danish = || super::danish::sentence(english);
        let found = if self == Self::Danish { danish() } else { None };
        found.unwrap_or_else(|| english.to_owned())
    }

    /// What must be or what came, in this language where it is words and no value.
    pub fn side(self, english: &str) -> String {
        let danish = || super::danish::side(english);
        let found = if self == Self::Danish { danish() } else { None };
        found.unwrap_or_else(|| english.to_owned())
    }

    /// A text of a contract in this language, else in another that it has; nothing where it has none.
    pub fn of(self, text: &BTreeMap<String, String>) -> Option<(&str, &str)> {
        let here = text.get_key_value(self.tag());
        let found = here.or_else(|| text.get_key_value("en")).or_else(|| text.iter().next());
        found.map(|(language, text)| (language.as_str(), text.as_str()))
    }

    /// A verdict in a word.
    pub const fn verdict(self, verdict: CaseVerdict) -> &'static str {
        self.say(match verdict {
            CaseVerdict::Passed => Say::Passed,
            CaseVerdict::Failed => Say::Failed,
            CaseVerdict::Warning => Say::Warning,
            CaseVerdict::SetUp => Say::SetUp,
            CaseVerdict::NotTested => Say::NotTested,
            CaseVerdict::Waived => Say::Waived,
            CaseVerdict::NotApplicable => Say::NotApplicable,
        })
    }

    /// An outcome in a sentence.
    pub const fn outcome(self, outcome: RunOutcome) -> &'static str {
        self.say(match outcome {
            RunOutcome::Conforms => Say::Conforms,
            RunOutcome::Breaches => Say::Breaches,
            RunOutcome::NoVerdict => Say::NoVerdict,
        })
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let found = Self::ALL.into_iter().find(|language| language.tag() == text);
        found.ok_or("reports are in `en` and `da`")
    }
}

macro_rules! say {
    ($($name:ident $english:literal $danish:literal;)*) => {
        /// What reports say.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is its own sentence in the table")]
        pub enum Say { $($name,)* }

        impl Say {
            const fn both(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($english, $danish),)* }
            }
        }
    };
}

say! {
    Title "Conformance report" "Overensstemmelsesrapport";
    Language "Language" "Sprog";
    Skip "Skip to the defects" "Gå til fejlene";
    Conforms "The system conforms" "Systemet overholder kontrakten";
    Breaches "The system breaks the contract" "Systemet bryder kontrakten";
    NoVerdict "No verdict" "Ingen afgørelse";
    Why "Why" "Hvorfor";
    Contract "Contract" "Kontrakt";
    System "System" "System";
    Role "Role" "Rolle";
    Provider "provider" "udbyder";
    Consumer "consumer" "anvender";
    Profile "Profile" "Profil";
    Address "Address" "Adresse";
    Began "Began" "Begyndt";
    Ended "Ended" "Afsluttet";
    Tool "Tool" "Værktøj";
    Suite "Suite" "Testsæt";
    Filter "Only a part was run" "Kun en del blev kørt";
    Cases "Cases" "Prøver";
    Case "Case" "Prøve";
    Clauses "Clauses" "Bestemmelser";
    Clause "Clause" "Bestemmelse";
    Level "Level" "Krav";
    Must "MUST" "SKAL";
    Should "SHOULD" "BØR";
    May "MAY" "MÅ";
    Verdict "Verdict" "Afgørelse";
    Text "What it demands" "Hvad den kræver";
    Defects "Defects" "Fejl";
    Defect "Defect" "Fejl";
    NoDefects "No defect was found." "Der blev ikke fundet fejl.";
    SetUpTitle "Set-up" "Opsætning";
    Coverage "Coverage" "Dækning";
    MustVerified "MUST clauses verified" "SKAL-bestemmelser efterprøvet";
    Kept "Constraints kept at the bound" "Regler holdt ved grænsen";
    Broken "Constraints broken on purpose" "Regler brudt med vilje";
    Answers "Answers seen" "Svar set";
    SentJudged "Constraints on what it sends" "Regler for det, det sender";
    Missing "Not exercised" "Ikke afprøvet";
    Place "Place" "Sted";
    Reason "Reason" "Grund";
    Expected "Expected" "Ventet";
    Actual "Came" "Kom";
    What "What" "Hvad";
    Step "Step" "Trin";
    Constraint "Constraint" "Regel";
    Hint "Hint" "Råd";
    Replay "Replay" "Gentag";
    Curl "As curl" "Som curl";
    Hurl "As a .hurl file" "Som .hurl-fil";
    Request "Request" "Forespørgsel";
    Answer "Answer" "Svar";
    NoAnswer "No answer" "Intet svar";
    Cut "The rest was not kept." "Resten blev ikke gemt.";
    Binary "Not text; in base64:" "Ikke tekst; i base64:";
    AlsoIn "Shown by" "Vises af";
    Source "Source" "Kilde";
    Passed "passed" "bestået";
    Failed "failed" "fejlet";
    Warning "warning" "advarsel";
    SetUp "set-up" "opsætning";
    NotTested "not tested" "ikke prøvet";
    Waived "waived" "dispenseret";
    NotApplicable "not applicable" "ikke relevant";
    InOrder "in order" "i orden";
    AtFault "at fault" "fejl";
    Secrets "Set the variables in capitals to your secrets first." "Sæt først variablerne med store bogstaver til dine hemmeligheder.";
    Exchanges "What was sent and what came" "Hvad der blev sendt, og hvad der kom";
    BodyCut "The body is longer than what was kept of it: use replay." "Indholdet er længere end det, der blev gemt: brug replay.";
    Made "Made offline from the result file; nothing is fetched." "Lavet af resultatfilen; intet hentes.";
}
