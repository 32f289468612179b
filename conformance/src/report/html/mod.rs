//! The report for people: one file that fetches nothing.
//!
//! It holds both languages and switches between them without a script (two radio buttons and a
//! style sheet), can be read by keyboard and by screen readers (WCAG 2.1 AA), and prints.

mod case;

use super::{Indexed, Language, level, named, pasted, replay, role, words::Say};
use crate::result::{CaseResult, CaseVerdict, ClauseResult, Defect, RunOutcome, RunResult};
use std::fmt::{self, Write};

const STYLE: &str = include_str!("../report.css");

/// The whole report as one HTML file; `language` is the one that is shown first.
pub fn html(result: &RunResult, language: Language) -> String {
    let mut out = String::new();
    let page = Page { indexed: Indexed::new(result), language };
    // Writing to a text cannot fail.
    let _ = page.write(&mut out);
    out
}

/// Text in HTML, in an attribute too.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A sentence in both languages, one of which is shown.
fn both(of: impl Fn(Language) -> String) -> String {
    let [english, danish] = Language::ALL.map(of);
    if english == danish {
        return escape(&english);
    }
    format!(
        "<span class=\"t\" lang=\"en\">{}</span><span class=\"t\" lang=\"da\">{}</span>",
        escape(&english),
        escape(&danish)
    )
}

/// A sentence of the result in both languages; where its Danish is not known, in English and marked so.
fn told(sentence: &str) -> String {
    let danish = Language::Danish.sentence(sentence);
    if danish == sentence {
        return format!("<span lang=\"en\">{}</span>", escape(sentence));
    }
    both(|language| match language {
        Language::Danish => danish.clone(),
        Language::English => sentence.to_owned(),
    })
}

fn say(say: Say) -> String {
    both(|language| language.say(say).to_owned())
}

/// How a verdict looks.
fn badge(verdict: CaseVerdict) -> String {
    let class = crate::settle::word(verdict);
    let sign = match verdict {
        CaseVerdict::Passed => "✓",
        CaseVerdict::Failed => "✕",
        CaseVerdict::Warning => "!",
        CaseVerdict::SetUp => "⚙",
        CaseVerdict::NotTested | CaseVerdict::NotApplicable => "–",
        CaseVerdict::Waived => "~",
    };
    let word = both(|language| language.verdict(verdict).to_owned());
    format!("<span class=\"badge {class}\"><span aria-hidden=\"true\">{sign}</span> {word}</span>")
}

struct Page<'r> {
    indexed: Indexed<'r>,
    language: Language,
}

impl Page<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        let result = self.indexed.result;
        let title = format!("{} · {}", self.language.say(Say::Title), result.contract.name);
        write!(
            out,
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
            self.language,
            escape(&title)
        )?;
        writeln!(out, "<a class=\"skip\" href=\"#defects\">{}</a>", say(Say::Skip))?;
        self.switch(out)?;
        writeln!(out, "<div class=\"page\">")?;
        self.head(out)?;
        writeln!(out, "<main>")?;
        self.set_up(out)?;
        self.defects(out)?;
        self.clauses(out)?;
        self.coverage(out)?;
        self.cases(out)?;
        writeln!(
            out,
            "</main>\n<footer><p>{}</p></footer>\n</div>\n</body>\n</html>",
            say(Say::Made)
        )
    }

    /// Two radio buttons before the page: the style sheet looks at which is checked.
    fn switch(&self, out: &mut String) -> fmt::Result {
        for language in Language::ALL {
            let checked = if language == self.language { " checked" } else { "" };
            let (tag, name) = (language.tag(), language.name());
            writeln!(
                out,
                "<input type=\"radio\" name=\"language\" id=\"language-{tag}\"{checked}>\
                 <label for=\"language-{tag}\" lang=\"{tag}\">{name}</label>"
            )?;
        }
        Ok(())
    }

    fn head(&self, out: &mut String) -> fmt::Result {
        let result = self.indexed.result;
        let (class, sign) = match result.outcome {
            RunOutcome::Conforms => ("passed", "✓"),
            RunOutcome::Breaches => ("failed", "✕"),
            RunOutcome::NoVerdict => ("not-tested", "?"),
        };
        writeln!(out, "<header>\n<p class=\"kind\">{}</p>", say(Say::Title))?;
        writeln!(out, "<h1>{}</h1>", escape(&result.contract.name))?;
        writeln!(
            out,
            "<div class=\"outcome {class}\"><span class=\"sign\" aria-hidden=\"true\">{sign}</span>\
             <div><p class=\"sentence\">{}</p>",
            both(|language| super::outcome(result, language))
        )?;
        self.reasons(out)?;
        writeln!(out, "</div></div>")?;
        self.tiles(out)?;
        self.facts(out)?;
        writeln!(out, "</header>")
    }

    fn reasons(&self, out: &mut String) -> fmt::Result {
        const SHOWN: usize = 8;
        let reasons = &self.indexed.result.reasons;
        if reasons.is_empty() {
            return Ok(());
        }
        writeln!(out, "<ul>")?;
        for reason in reasons.iter().take(SHOWN) {
            writeln!(out, "<li>{}</li>", told(reason))?;
        }
        if reasons.len() > SHOWN {
            writeln!(out, "<li>… +{}</li>", reasons.len() - SHOWN)?;
        }
        writeln!(out, "</ul>")
    }

    /// How many cases there are of each verdict.
    fn tiles(&self, out: &mut String) -> fmt::Result {
        use CaseVerdict as V;
        writeln!(out, "<ul class=\"tiles\">")?;
        for verdict in
            [V::Passed, V::Failed, V::Warning, V::SetUp, V::NotTested, V::Waived, V::NotApplicable]
        {
            let count =
                self.indexed.result.cases.iter().filter(|case| case.verdict == verdict).count();
            if count > 0 || matches!(verdict, V::Passed | V::Failed) {
                let class = crate::settle::word(verdict);
                let word = both(|language| language.verdict(verdict).to_owned());
                writeln!(out, "<li class=\"{class}\"><b>{count}</b> {word}</li>")?;
            }
        }
        writeln!(out, "</ul>")
    }

    fn facts(&self, out: &mut String) -> fmt::Result {
        let result = self.indexed.result;
        let plain = |text: &str| escape(text);
        let mut rows = vec![
            (Say::System, plain(&named(&result.system))),
            (Say::Role, both(|language| role(result, language))),
            (Say::Address, plain(&result.address)),
            (Say::Began, plain(&result.began)),
            (Say::Ended, plain(&result.ended)),
            (Say::Tool, plain(&named(&result.tool))),
            (Say::Contract, digest(&result.contract.sha256)),
            (Say::Suite, digest(&result.suite.sha256)),
        ];
        if let Some(filter) = &result.filter {
            rows.push((Say::Filter, plain(filter)));
        }
        writeln!(out, "<dl class=\"facts\">")?;
        for (name, value) in rows {
            writeln!(out, "<div><dt>{}</dt><dd>{value}</dd></div>", say(name))?;
        }
        writeln!(out, "</dl>")
    }

    fn set_up(&self, out: &mut String) -> fmt::Result {
        let set_up = &self.indexed.result.set_up;
        if set_up.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "<section aria-labelledby=\"set-up\">\n<h2 id=\"set-up\">{}</h2>\n<ul class=\"checks\">",
            say(Say::SetUpTitle)
        )?;
        for check in set_up {
            let (class, sign, word) = if check.ok {
                ("passed", "✓", Say::InOrder)
            } else {
                ("failed", "✕", Say::AtFault)
            };
            writeln!(
                out,
                "<li><span class=\"badge {class}\"><span aria-hidden=\"true\">{sign}</span> {}</span> <b>{}</b> \
                 {}{}</li>",
                say(word),
                escape(&check.check),
                told(&check.sentence),
                hint(check.hint.as_deref())
            )?;
        }
        writeln!(out, "</ul>\n</section>")
    }

    fn defects(&self, out: &mut String) -> fmt::Result {
        let defects = &self.indexed.result.defects;
        writeln!(
            out,
            "<section aria-labelledby=\"defects\">\n<h2 id=\"defects\" tabindex=\"-1\">{} <span class=\"count\">{}</span></h2>",
            say(Say::Defects),
            defects.len()
        )?;
        if defects.is_empty() {
            writeln!(out, "<p>{}</p>", say(Say::NoDefects))?;
        }
        for (at, defect) in defects.iter().enumerate() {
            self.defect(out, at + 1, defect)?;
        }
        writeln!(out, "</section>")
    }

    fn defect(&self, out: &mut String, number: usize, defect: &Defect) -> fmt::Result {
        writeln!(out, "<article class=\"defect\" aria-labelledby=\"defect-{number}\">")?;
        writeln!(
            out,
            "<h3 id=\"defect-{number}\"><span class=\"number\">{number}</span> {}</h3>",
            told(&defect.sentence)
        )?;
        for id in &defect.clauses {
            self.clause(out, id)?;
        }
        if let Some(case) = self.indexed.best(defect) {
            self.case(out, case)?;
        }
        let more = defect.cases.get(1..).unwrap_or_default();
        if !more.is_empty() {
            let ids: Vec<String> = more
                .iter()
                .map(|id| format!("<li><code>{}</code></li>", escape(id.as_str())))
                .collect();
            writeln!(
                out,
                "<details class=\"more\"><summary>{} <span class=\"count\">+{}</span></summary><ul>{}</ul></details>",
                say(Say::AlsoIn),
                more.len(),
                ids.concat()
            )?;
        }
        writeln!(out, "</article>")
    }

    /// A clause in its own words.
    fn clause(&self, out: &mut String, id: &str) -> fmt::Result {
        let Some(clause) = self.indexed.clause(id) else {
            return writeln!(
                out,
                "<blockquote class=\"clause\"><p><code>{}</code></p></blockquote>",
                escape(id)
            );
        };
        writeln!(
            out,
            "<blockquote class=\"clause\"><p class=\"id\">{} <b>{}</b> {}</p>{}</blockquote>",
            link(clause),
            both(|language| level(clause.level, language).to_owned()),
            source(clause),
            words(clause)
        )
    }

    fn case(&self, out: &mut String, case: &CaseResult) -> fmt::Result {
        writeln!(
            out,
            "<p class=\"case\">{} {}<br><code>{}</code></p>",
            badge(case.verdict),
            told(&case.sentence),
            case.id
        )?;
        if let Some(reason) = &case.reason {
            writeln!(out, "<p>{}</p>", told(reason))?;
        }
        for each in &case.differences {
            case::difference(out, case, each)?;
        }
        self.commands(out, case)?;
        case::exchanges(out, case)
    }

    fn commands(&self, out: &mut String, case: &CaseResult) -> fmt::Result {
        let Some(replay) = replay(self.indexed.result, case) else { return Ok(()) };
        writeln!(
            out,
            "<dl class=\"commands\"><div><dt>{}</dt><dd>{}</dd></div>",
            say(Say::Replay),
            pre(&replay)
        )?;
        let address = &self.indexed.result.address;
        if let Some((line, file)) = pasted(address, case) {
            let shown =
                line.map_or_else(|| format!("<p>{}</p>", say(Say::BodyCut)), |line| pre(&line));
            writeln!(out, "<div><dt>{}</dt><dd>{shown}</dd></div>", say(Say::Curl))?;
            writeln!(
                out,
                "<div><dt>{}</dt><dd><details><summary>{}.hurl</summary>{}</details></dd></div>",
                say(Say::Hurl),
                case.id,
                pre(file.trim_end())
            )?;
            if file.contains("{{") {
                writeln!(out, "<div><dd>{}</dd></div>", say(Say::Secrets))?;
            }
        }
        writeln!(out, "</dl>")
    }

    fn clauses(&self, out: &mut String) -> fmt::Result {
        writeln!(
            out,
            "<section aria-labelledby=\"clauses\">\n<h2 id=\"clauses\">{}</h2>",
            say(Say::Clauses)
        )?;
        writeln!(
            out,
            "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-labelledby=\"clauses\"><table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>\
             <th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>",
            say(Say::Clause),
            say(Say::Level),
            say(Say::Verdict),
            say(Say::Cases),
            say(Say::Text)
        )?;
        for clause in &self.indexed.result.clauses {
            let why = clause.reason.as_ref().filter(|_| clause.verdict != CaseVerdict::Failed);
            let why =
                why.map_or_else(String::new, |why| format!("<p class=\"why\">{}</p>", told(why)));
            writeln!(
                out,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}{why}</td></tr>",
                link(clause),
                both(|language| level(clause.level, language).to_owned()),
                badge(clause.verdict),
                both(|language| in_one_line_each(&super::counted(clause, language))),
                words(clause)
            )?;
        }
        writeln!(out, "</tbody></table></div>\n</section>")
    }

    fn coverage(&self, out: &mut String) -> fmt::Result {
        let coverage = &self.indexed.result.coverage;
        let seen = coverage.answers.iter().filter(|(_, seen)| *seen).count();
        let whole = coverage.constraints as usize;
        writeln!(
            out,
            "<section aria-labelledby=\"coverage\">\n<h2 id=\"coverage\">{}</h2>\n<dl class=\"bars\">",
            say(Say::Coverage)
        )?;
        for (name, part, whole) in [
            (Say::MustVerified, coverage.must_verified as usize, coverage.must_clauses as usize),
            (Say::Kept, coverage.kept as usize, whole),
            (Say::Broken, coverage.broken as usize, whole),
            (Say::Answers, seen, coverage.answers.len()),
            (Say::SentJudged, coverage.sent_judged as usize, coverage.sent_constraints as usize),
        ] {
            // What the role has nothing of is no row.
            let Some(percent) = (part * 100).checked_div(whole).map(|each| each.min(100)) else {
                continue;
            };
            writeln!(
                out,
                "<div><dt>{}</dt><dd><span class=\"bar\" aria-hidden=\"true\"><span style=\"width:{percent}%\"></span></span> {part} / {whole}</dd></div>",
                say(name)
            )?;
        }
        writeln!(out, "</dl>")?;
        if !coverage.missing.is_empty() {
            writeln!(
                out,
                "<details><summary>{} <span class=\"count\">{}</span></summary><div class=\"wide\" tabindex=\"0\" role=\"group\" aria-labelledby=\"coverage\"><table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>",
                say(Say::Missing),
                coverage.missing.len(),
                say(Say::Place),
                say(Say::Reason)
            )?;
            for (what, why) in &coverage.missing {
                writeln!(
                    out,
                    "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td></tr>",
                    breakable(what),
                    told(why)
                )?;
            }
            writeln!(out, "</tbody></table></div></details>")?;
        }
        writeln!(out, "</section>")
    }

    fn cases(&self, out: &mut String) -> fmt::Result {
        let cases = &self.indexed.result.cases;
        writeln!(
            out,
            "<section aria-labelledby=\"cases\">\n<h2 id=\"cases\">{}</h2>\n<details><summary>{} <span class=\"count\">{}</span></summary><div class=\"wide\" tabindex=\"0\" role=\"group\" aria-labelledby=\"cases\"><table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>",
            say(Say::Cases),
            say(Say::Cases),
            cases.len(),
            say(Say::Case),
            say(Say::Verdict),
            say(Say::Clause)
        )?;
        for case in cases {
            let why = case
                .reason
                .as_deref()
                .map_or_else(String::new, |why| format!("<p class=\"why\">{}</p>", told(why)));
            writeln!(
                out,
                "<tr><th scope=\"row\">{}<br><code>{}</code></th><td>{}{why}</td><td><code>{}</code></td></tr>",
                told(&case.sentence),
                breakable(case.id.as_str()),
                badge(case.verdict),
                breakable(&case.clause)
            )?;
        }
        writeln!(out, "</tbody></table></div></details>\n</section>")
    }
}

/// Parts of a list that a narrow column breaks between, not within.
fn in_one_line_each(list: &str) -> String {
    list.replace(", ", ",\n").replace(' ', "\u{a0}")
}

fn digest(sha256: &str) -> String {
    format!("<code>sha256 {}</code>", escape(sha256))
}

/// A long name that may be broken at its joints.
fn breakable(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        out.push_str(&escape(&c.to_string()));
        if matches!(c, '/' | '.' | '#' | '_' | '~') {
            out.push_str("<wbr>");
        }
    }
    out
}

fn pre(text: &str) -> String {
    format!("<pre tabindex=\"0\">{}</pre>", escape(text))
}

fn hint(hint: Option<&str>) -> String {
    hint.map_or_else(String::new, |hint| {
        format!("<p class=\"hint\"><b>{}:</b> {}</p>", say(Say::Hint), told(hint))
    })
}

/// Only addresses of the web are made links: a contract may hold anything.
fn web(clause: &ClauseResult) -> Option<&str> {
    clause.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://"))
}

fn link(clause: &ClauseResult) -> String {
    format!("<code>{}</code>", breakable(&clause.id))
}

fn source(clause: &ClauseResult) -> String {
    web(clause).map_or_else(String::new, |url| {
        format!(
            "<a href=\"{}\" rel=\"noreferrer\">{} {}</a>",
            escape(url),
            say(Say::Source),
            escape(&clause.id)
        )
    })
}

/// The words of a clause in both languages, where it has both.
fn words(clause: &ClauseResult) -> String {
    let told = |language: Language| {
        language.of(&clause.text).map(|(tag, text)| (tag.to_owned(), text.to_owned()))
    };
    let [english, danish] = Language::ALL.map(told);
    match (english, danish) {
        (Some(one), Some(other)) if one == other => {
            format!("<p lang=\"{}\">{}</p>", escape(&one.0), escape(&one.1))
        }
        (Some((_, english)), Some((_, danish))) => format!(
            "<p class=\"t\" lang=\"en\">{}</p><p class=\"t\" lang=\"da\">{}</p>",
            escape(&english),
            escape(&danish)
        ),
        _ => String::new(),
    }
}
