//! Schematron: what the rule sets' own crate reports becomes violations and findings.

use super::{Compiled, FileReader, Schema};
use crate::{
    Code, Finding, Layer, Payload, Severity, Violation, code,
    judge::{JudgeOptions, Occasion, Violations},
    manifest::{JudgeStep, SeverityRules},
};
use sluse_schematron::{
    CompileOptions, Fired, RuleSet, RuleSetFault, RuleSetFaultKind, Severities, Subordinate,
};
use sluse_xml::{Document, NodeId};
use std::{
    cell::RefCell,
    cmp::Ordering,
    collections::{BTreeMap, HashSet},
    fmt,
    sync::Arc,
};

/// A compiled rule set.
struct Rules {
    rules: RuleSet,
    entry: String,
    words: Words,
    /// The contract's documents by their paths, where the rule set asks for others than the message.
    documents: BTreeMap<String, Arc<Subordinate>>,
}

/// Names, sorted, in one piece: a rule set holds thousands, and they are asked for where a violation is told.
struct Words {
    text: Box<str>,
    /// Where each ends.
    ends: Box<[u32]>,
}

impl Words {
    fn of(words: HashSet<String>) -> Self {
        let mut words: Vec<String> = words.into_iter().collect();
        words.sort_unstable();
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(words.len()));
        for word in &words {
            text.push_str(word);
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        Self { text: text.into(), ends: ends.into() }
    }

    fn get(&self, at: usize) -> &str {
        let end = |at: usize| self.ends.get(at).map_or(0, |end| *end as usize);
        let from = at.checked_sub(1).map_or(0, end);
        self.text.get(from..end(at)).unwrap_or_default()
    }

    fn contains(&self, word: &str) -> bool {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.get(middle).cmp(word) {
                Ordering::Equal => return true,
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        false
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rules({})", self.entry)
    }
}

/// Compiles the rule set in this file.
pub(super) fn compile(step: &JudgeStep, files: &FileReader<'_>) -> Compiled {
    let entry = step.file.value.as_str();
    let words = RefCell::new(HashSet::new());
    let read = |path: &str| {
        let bytes = files.read(path)?;
        collect_words(&bytes, &mut words.borrow_mut());
        Some(Arc::from(&*bytes))
    };
    let options = CompileOptions { phase: step.phase.clone() };
    let (rules, faults) = RuleSet::compile(entry, &read, &options);
    let words = Words::of(words.take());
    let severities = severities(&step.severity);
    let schema = rules.map(|rules| {
        let rules = rules.weighed(&severities);
        let asks = rules.asks_for_documents();
        let documents = if asks { documents(files) } else { BTreeMap::new() };
        Rules { rules, entry: entry.to_owned(), words, documents }
    });
    Compiled::of(schema, faults.iter().map(finding).collect())
}

/// The contract's files that are documents of XML.
fn documents(files: &FileReader<'_>) -> BTreeMap<String, Arc<Subordinate>> {
    let read = |path: String| {
        let bytes = files.read(&path)?;
        let document = Document::parse(&bytes, None, &sluse_xml::Limits::default()).ok()?;
        Some((path.clone(), Arc::new(Subordinate { name: path, document })))
    };
    files.paths(".xml").into_iter().filter_map(read).collect()
}

/// Every name that stands in a rule set: what a path may show of a document.
fn collect_words(bytes: &[u8], words: &mut HashSet<String>) {
    let text = String::from_utf8_lossy(bytes);
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    for word in text.split(|c| !is_name(c)).filter(|word| !word.is_empty()) {
        if !words.contains(word) {
            words.insert(word.to_owned());
        }
    }
}

fn finding(fault: &RuleSetFault) -> Finding {
    let finding = Finding::in_file(&*fault.file, code_of(fault.kind), &*fault.sentence)
        .at(fault.line, fault.column);
    if fault.is_warning() { finding.warning() } else { finding }
}

fn code_of(kind: RuleSetFaultKind) -> Code {
    match kind {
        RuleSetFaultKind::FileMissing => code::IMPORT_UNRESOLVED,
        RuleSetFaultKind::ReferenceOutside => code::REFERENCE_OUTSIDE,
        RuleSetFaultKind::Expression => code::EXPRESSION_WRONG,
        RuleSetFaultKind::Unsupported => code::RULES_UNSUPPORTED,
        RuleSetFaultKind::ExtendsMissing => code::RULE_EXTENDS_MISSING,
        RuleSetFaultKind::NamespaceMissing => code::NAMESPACE_MISSING,
        RuleSetFaultKind::OverBudget => code::SCHEMA_OVER_BUDGET,
        RuleSetFaultKind::Broken
        | RuleSetFaultKind::ReferenceMissing
        | RuleSetFaultKind::PhasePatternMissing
        | RuleSetFaultKind::SaysNothing => code::RULES_BROKEN,
    }
}

impl Schema for Rules {
    fn layer(&self) -> Layer {
        Layer::Schematron
    }

    fn knows_rule(&self, rule: &str) -> bool {
        self.rules.checks().any(|(id, _)| id == Some(rule))
    }

    fn rule_severity(&self, rule: &str) -> Option<Severity> {
        let weights = self.rules.checks().filter(|(id, _)| *id == Some(rule));
        weights.map(|(_, weight)| severity(weight)).max()
    }

    fn judge(
        &self,
        payload: Option<&Payload>,
        _occasion: &Occasion<'_>,
        options: &JudgeOptions,
        violations: &mut Violations<'_>,
    ) {
        let Some(Payload::Xml(document)) = payload else {
            return violations.extend(super::wrong_kind(self.layer(), payload));
        };
        let fired_max = violations.room().saturating_add(1);
        let limits = sluse_schematron::JudgeOptions {
            steps_max: options.rule_steps_max,
            show_values: options.show_values,
            now_unix_seconds: options.now_unix_seconds,
            fired_max,
        };
        let found = |reference: &str| self.document(reference);
        let report = self.rules.judge_with(document, &limits, &found);
        let is_whole = !report.over_budget || report.fired.len() >= fired_max;
        for fired in &report.fired {
            self.push(fired, document, options, violations);
        }
        let root = document.document_element();
        if !is_whole {
            let sentence = "evaluating the rules took more steps than the limit rule-steps-max";
            let violation = warn(code::RULES_OVER_BUDGET, Severity::Error, sentence);
            violations.push_at(self.placed(violation, document, root, options), &[&self.entry]);
        } else if report.rules_met == 0 {
            let sentence = "no rule of the rule set met anything in the document";
            let violation = warn(code::NO_RULE_MET, Severity::Warning, sentence);
            violations.push_at(self.placed(violation, document, root, options), &[&self.entry]);
        }
    }
}

impl Rules {
    /// The contract's document that a reference means: beside the rule set, or from the contract's folder.
    fn document(&self, reference: &str) -> Option<Arc<Subordinate>> {
        let mut paths = [self.entry.as_str(), ""]
            .into_iter()
            .filter_map(|from| crate::files::resolve(from, reference));
        paths.find_map(|path| self.documents.get(&path).cloned())
    }

    fn push(
        &self,
        fired: &Fired,
        document: &Document,
        options: &JudgeOptions,
        violations: &mut Violations<'_>,
    ) {
        let (code, severity, sentence) = if fired.ran_out() {
            let sentence = "evaluating the rule took more steps than its share of the limit rule-steps-max; the others were judged";
            (code::RULES_OVER_BUDGET, Severity::Error, sentence.to_owned())
        } else if fired.evaluation_failed {
            (code::RULE_NOT_EVALUATED, Severity::Error, not_evaluated(fired))
        } else {
            (code::RULE_BROKEN, severity(fired.severity), sentence(fired))
        };
        let (sentence, node) = match &fired.elsewhere {
            None => (sentence, fired.node),
            Some(other) => (in_other(other, fired, &sentence), document.document_element()),
        };
        let mut violation = warn(code, severity, sentence);
        violation.rule = fired.rule.as_deref().map(str::to_owned);
        let violation = self.placed(violation, document, node, options);
        let place = match fired.rule.as_deref() {
            Some(rule) => format!("{}#{rule}", self.entry),
            None => self.entry.clone(),
        };
        violations.push_at(violation, &[&place]);
    }

    fn placed(
        &self,
        violation: Violation,
        document: &Document,
        node: NodeId,
        options: &JudgeOptions,
    ) -> Violation {
        let (line, column) = document.place(node);
        let shown = |node: NodeId| options.show_values || self.words.contains(document.local(node));
        violation.at_path(document.path_with(node, shown)).at(line, column)
    }
}

/// Why a rule gave no answer: the code of the recommendation or the limit, and its constant sentence.
fn not_evaluated(fired: &Fired) -> String {
    let why = fired
        .fault
        .map(|fault| format!(": {} ({})", fault.sentence.trim_end_matches('.'), fault.code));
    format!("the rule could not be evaluated on this document{}", why.unwrap_or_default())
}

/// What is told of a document of the contract, which is no value of the message.
fn in_other(other: &Subordinate, fired: &Fired, sentence: &str) -> String {
    let (line, column) = other.document.place(fired.node);
    format!("{}:{line}:{column} {sentence}", other.name)
}

/// What a check says, and its diagnostics after it.
fn sentence(fired: &Fired) -> String {
    if fired.diagnostics.is_empty() {
        return fired.text.clone();
    }
    format!("{} {}", fired.text, fired.diagnostics)
}

fn warn(code: Code, severity: Severity, sentence: impl Into<String>) -> Violation {
    Violation::new(code, Layer::Schematron, severity, sentence)
}

fn severity(severity: sluse_schematron::Severity) -> Severity {
    match severity {
        sluse_schematron::Severity::Info => Severity::Info,
        sluse_schematron::Severity::Warning => Severity::Warning,
        sluse_schematron::Severity::Error => Severity::Error,
    }
}

fn severities(rules: &SeverityRules) -> Severities {
    let words = |words: &BTreeMap<String, Severity>| {
        let ours = |severity: Severity| match severity {
            Severity::Info => sluse_schematron::Severity::Info,
            Severity::Warning => sluse_schematron::Severity::Warning,
            Severity::Error => sluse_schematron::Severity::Error,
        };
        words.iter().map(|(word, severity)| (word.clone(), ours(*severity))).collect()
    };
    Severities {
        flag: words(&rules.flag),
        role: words(&rules.role),
        id_prefix: words(&rules.id_prefix),
    }
}

#[cfg(test)]
mod tests {
    use super::Words;
    use crate::{
        Contract, ContractFiles, Finding, JudgeOptions, MediaType, Message, Occasion, Outcome,
        Payload, SchemaCache, Verdict, payload::Limits,
    };
    use std::sync::Arc;

    const MANIFEST: &str = "id = 'test/rules'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = { en = 'Test' }\n\
         [[operation]]\nname = 'send'\nkind = 'one-way'\n\
         request = { judge = [{ schematron = 'schemas/a.sch' }] }\n";

    fn load(rules: &str) -> (Option<Arc<Contract>>, Vec<Finding>) {
        load_with("", rules)
    }

    fn load_with(severity: &str, rules: &str) -> (Option<Arc<Contract>>, Vec<Finding>) {
        let mut files = ContractFiles::new("");
        files.add("contract.toml", format!("{MANIFEST}{severity}").into_bytes());
        let text = format!(
            "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'>\n{rules}</schema>"
        );
        files.add("schemas/a.sch", text.into_bytes());
        Contract::load(&files, &SchemaCache::new())
    }

    fn judge(contract: &Contract, document: &str, options: &JudgeOptions) -> Verdict {
        let message = Message::new(MediaType::xml(), document.as_bytes().to_vec());
        let payload = Payload::parse(&message, &Limits::default()).unwrap();
        contract.judge(Some(&payload), &Occasion::request("send"), options)
    }

    fn print(verdict: &Verdict) -> String {
        let lines = verdict.violations.iter().map(|each| {
            let (rule, clause) = (each.rule.as_deref(), each.clause.as_deref());
            format!(
                "{} {:?} {} {} {}:{} {} [{}]\n",
                each.code,
                each.severity,
                rule.unwrap_or("-"),
                each.path,
                each.line.unwrap_or(0),
                each.column.unwrap_or(0),
                each.message,
                clause.unwrap_or("-"),
            )
        });
        lines.collect()
    }

    #[test]
    fn knows_its_words_and_no_others() {
        for count in [0, 1, 2, 3, 100] {
            let words: Vec<String> = (0..count).map(|at| format!("w{at}")).collect();
            let known = Words::of(words.iter().cloned().collect());
            assert!(words.iter().all(|word| known.contains(word)), "{count}");
            for other in ["", "w", "w0w1", "w100", "x", "æ"] {
                assert!(!known.contains(other), "{count} {other}");
            }
        }
    }

    const RULES: &str = "<pattern><rule context='a'><assert test='@x' id='A-1'>[A-1] x is missing in <name/></assert>\
        <report test='b' flag='warning' id='A-2'>there is <value-of select='b'/></report>\
        <assert test='xs:decimal(@n) gt 1' id='A-3'>n</assert></rule></pattern>";

    #[test]
    fn tells_rules_with_their_places_and_no_values() {
        let (contract, findings) = load(RULES);
        let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
        let document = "<r><canary>\n <a n='2'><b>canary</b></a></canary></r>";
        let verdict = judge(&contract, document, &JudgeOptions::default());
        insta::assert_snapshot!(print(&verdict), @"
        V0301 Error A-1 /*[1]/*[1]/a[1] 2:2 [A-1] x is missing in a [schemas/a.sch#A-1]
        V0301 Warning A-2 /*[1]/*[1]/a[1] 2:2 there is … [schemas/a.sch#A-2]
        ");
        assert!(!format!("{verdict:?}").contains("canary"));
        let verdict = judge(&contract, "<r><a x='1' n=''/></r>", &JudgeOptions::default());
        insta::assert_snapshot!(print(&verdict), @"V0302 Error A-3 /*[1]/a[1] 1:4 the rule could not be evaluated on this document: The text is not of the lexical form of the type (FORG0001) [schemas/a.sch#A-3]");
        let options = JudgeOptions { show_values: true, ..JudgeOptions::default() };
        assert!(print(&judge(&contract, document, &options)).contains("there is canary"));
    }

    #[test]
    fn warns_where_no_rule_met_anything_and_stops_at_the_limit_of_steps() {
        let (contract, _) = load(RULES);
        let contract = contract.unwrap();
        let verdict = judge(&contract, "<envelope/>", &JudgeOptions::default());
        assert_eq!(verdict.outcome, Outcome::Accepted);
        insta::assert_snapshot!(print(&verdict), @"V0303 Warning - /*[1] 1:1 no rule of the rule set met anything in the document [schemas/a.sch]");
        let options = JudgeOptions { rule_steps_max: 3, ..JudgeOptions::default() };
        let verdict = judge(&contract, "<r><a x='1' n='2'/></r>", &options);
        assert_eq!(verdict.outcome, Outcome::Rejected);
        assert!(print(&verdict).starts_with("V0304 Error"), "{verdict:?}");
    }

    /// A contract whose rule set asks for other documents, with these files beside it.
    fn load_with_documents(asked: &str, files: &[(&str, &str)]) -> Arc<Contract> {
        let rules = format!(
            "<let name='end' value=\"'.xml'\"/><pattern documents=\"{asked}\"><rule context='/list/code'>\
             <assert test='. = (1, 2)' id='D-1'>a code</assert></rule></pattern>\
             <pattern><rule context='/a'><assert test='b' id='A-1'>b</assert></rule></pattern>"
        );
        let mut all = ContractFiles::new("");
        all.add("contract.toml", MANIFEST.as_bytes().to_vec());
        let text = format!(
            "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'>{rules}</schema>"
        );
        all.add("schemas/a.sch", text.into_bytes());
        for (path, text) in files {
            all.add(path, text.as_bytes().to_vec());
        }
        let (contract, findings) = Contract::load(&all, &SchemaCache::new());
        contract.unwrap_or_else(|| panic!("{findings:?}"))
    }

    #[test]
    fn patterns_for_other_documents_judge_files_of_the_contract_alone() {
        let files = [
            ("schemas/codes.xml", "<list>\n<code>1</code>\n<code>3</code></list>"),
            ("lists/more.xml", "<list><code>4</code></list>"),
            ("lists/text.txt", "<list><code>5</code></list>"),
        ];
        let judged = |asked: &str, document: &str| {
            let contract = load_with_documents(asked, &files);
            print(&judge(&contract, document, &JudgeOptions::default()))
        };
        insta::assert_snapshot!(judged("concat(/a/@list, $end)", "<a list='codes'/>"), @"
        V0301 Error A-1 /a[1] 1:1 b [schemas/a.sch#A-1]
        V0301 Error D-1 /a[1] 1:1 schemas/codes.xml:3:1 a code [schemas/a.sch#D-1]
        ");
        insta::assert_snapshot!(judged("('../lists/more.xml', 'lists/more.xml')", "<a><b/></a>"), @"
        V0301 Error D-1 /a[1] 1:1 lists/more.xml:1:7 a code [schemas/a.sch#D-1]
        V0301 Error D-1 /a[1] 1:1 lists/more.xml:1:7 a code [schemas/a.sch#D-1]
        ");
        assert_eq!(judged("/a/@list", "<a><b/></a>"), "");
        for outside in
            ["secret", "../../etc/passwd", "http://example.org/codes.xml", "../lists/text.txt"]
        {
            let printed = judged("/a/@list", &format!("<a list='{outside}'><b/></a>"));
            assert!(printed.starts_with("V0302 Error - /a[1] 1:1 the rule could not"), "{printed}");
            assert!(
                printed.contains("not there (FODC0002)") && !printed.contains(outside),
                "{printed}"
            );
        }
    }

    #[test]
    fn a_rule_without_end_is_told_and_the_others_are_judged() {
        let rules = "<pattern><rule context='a'><assert test='every $x in 1 to 1000000000 satisfies $x' id='A-1'>x</assert>\
            <assert test='b' id='A-2'>b</assert></rule></pattern>";
        let options = JudgeOptions { rule_steps_max: 10_000, ..JudgeOptions::default() };
        let verdict = judge(&load(rules).0.unwrap(), "<r><a/><a/></r>", &options);
        insta::assert_snapshot!(print(&verdict), @"
        V0304 Error A-1 /*[1]/a[1] 1:4 evaluating the rule took more steps than its share of the limit rule-steps-max; the others were judged [schemas/a.sch#A-1]
        V0301 Error A-2 /*[1]/a[1] 1:4 b [schemas/a.sch#A-2]
        V0301 Error A-2 /*[1]/a[2] 1:8 b [schemas/a.sch#A-2]
        ");
    }

    #[test]
    fn keeps_so_many_violations() {
        let (contract, _) = load(RULES);
        let options = JudgeOptions { violations_max: 2, ..JudgeOptions::default() };
        let document = format!("<r>{}</r>", "<a n='2'/>".repeat(5));
        let verdict = judge(&contract.unwrap(), &document, &options);
        assert_eq!((verdict.violations.len(), verdict.truncated), (2, true));
    }

    #[test]
    fn weighs_rules_as_the_rule_set_and_then_the_manifest_say() {
        let rules = "<pattern><rule context='a'><assert test='false()'>[W-1] x</assert>\
            <assert test='false()' id='W-LIB-2'>x</assert><assert test='false()' flag='warning' id='F-3'>x</assert>\
            <assert test='false()' flag='Hint' id='W-4'>x</assert><assert test='false()' role='hint' id='F-5'>x</assert>\
            <assert test='false()' flag='fatal' id='W-6'>x</assert></rule></pattern>";
        let weights = |severity: &str| {
            let contract = load_with(severity, rules).0.unwrap();
            let verdict = judge(&contract, "<a/>", &JudgeOptions::default());
            let weights = verdict.violations.iter().map(|each| format!("{:?}", each.severity));
            weights.collect::<Vec<_>>().join(" ")
        };
        for (severity, expected) in [
            ("", "Error Error Warning Error Error Error"),
            (
                "[severity]\nid-prefix = { 'W-' = 'warning' }\n",
                "Warning Warning Warning Warning Error Error",
            ),
            (
                "[severity]\nid-prefix = { 'W-' = 'warning', 'W-LIB' = 'info' }\nrole = { Hint = 'info' }\n",
                "Warning Info Warning Warning Info Error",
            ),
            (
                "[severity]\nflag = { hint = 'info', warning = 'error', fatal = 'warning' }\n",
                "Error Error Error Info Error Warning",
            ),
        ] {
            assert_eq!(weights(severity), expected, "{severity}");
        }
    }

    #[test]
    fn reports_faults_of_a_rule_set_in_the_contract() {
        let (contract, findings) =
            load("<pattern><rule context='p:a'><assert test='('>x</assert></rule></pattern>");
        assert!(contract.is_none());
        let printed: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(printed.iter().all(|each| each.starts_with("schemas/a.sch:2:")), "{printed:?}");
        assert!(!printed.is_empty());
    }
}
