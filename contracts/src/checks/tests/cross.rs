//! The kinds that compare several places: `count-equals`, `sum-equals` and `not-before`.

use super::*;

fn xml(rule: &str, body: &str) -> Vec<String> {
    let contract = load(&files(&format!("{XML}[[check]]\nid = 'C-1'\n{rule}\n")));
    judged(&contract, &format!("<Invoice xmlns='urn:i'>{body}</Invoice>"))
}

fn json(rule: &str, document: &str) -> Vec<String> {
    let contract = load(&files(&format!("{JSON}[[check]]\nid = 'C-1'\n{rule}\n")));
    judged(&contract, document)
}

/// The codes and paths alone.
fn short(found: &[String]) -> Vec<String> {
    let part = |line: &String| {
        let words: Vec<&str> = line.split(' ').collect();
        format!("{} {}", words[0], words[3])
    };
    found.iter().map(part).collect()
}

#[test]
fn counts_are_compared_in_the_document_and_in_each_element() {
    let rule = "path = 'i:Line'\ncount-equals = 'i:Count'";
    let within = "within = 'i:Group'\npath = 'i:Line'\ncount-equals = '@n'";
    let two = "path = ['i:Line', 'i:Fee']\ncount-equals = 'i:Count'";
    for (rule, body, told) in [
        (rule, "<Line/><Line/><Count>2</Count>", &[][..]),
        (rule, "<Line/><Line/><Count> +2.0 </Count>", &[]),
        (rule, "<Count>0</Count>", &[]),
        (rule, "<Line/>", &[]),
        (rule, "<Line/><Count>2</Count>", &["V0704 /Invoice[1]/Count[1]"]),
        (rule, "<Line/><Count>1</Count><Count>2</Count>", &["V0704 /Invoice[1]/Count[2]"]),
        (rule, "<Line/><Count>one</Count>", &["V0707 /Invoice[1]/Count[1]"]),
        (rule, "<Line/><Count/>", &["V0707 /Invoice[1]/Count[1]"]),
        (two, "<Line/><Fee/><Count>2</Count>", &[]),
        (
            within,
            "<Group n='1'><Line/></Group><Group n='1'/><Group/>",
            &["V0704 /Invoice[1]/Group[2]/@n"],
        ),
    ] {
        assert_eq!(short(&xml(rule, body)), told, "{rule} {body}");
    }
    let rule = "path = '/lines/*'\ncount-equals = '/count'";
    assert_eq!(json(rule, "{\"lines\":[1,2],\"count\":2}"), [""; 0]);
    assert_eq!(
        json(rule, "{\"lines\":[1,2],\n\"count\":3}"),
        ["V0704 C-1 error /count 2:1 the count is not how many there are"]
    );
    let rule = "within = '/lines/*'\npath = '/parts/*'\ncount-equals = '/n'";
    let document = "{\"lines\":[{\"n\":1,\"parts\":[{}]},{\"n\":1,\"parts\":[]}]}";
    assert_eq!(short(&json(rule, document)), ["V0704 /lines/1/n"]);
}

#[test]
fn sums_are_exact() {
    let rule = "path = 'i:Line/i:Amount'\nsum-equals = 'i:Total'";
    let line = |amount: &str| format!("<Line><Amount>{amount}</Amount></Line>");
    let thousandth = line("0.001").repeat(1_000);
    for (lines, total, told) in [
        (line("0.1") + &line("0.2"), "0.3", &[][..]),
        (line("0.1") + &line("0.2"), "0.30000000000000004", &["V0705 /Invoice[1]/Total[1]"]),
        (line("-1.50") + &line("+1.5"), "0", &[]),
        (line("-1.50") + &line("+1.5"), "-0.00", &[]),
        (thousandth.clone(), "1", &[]),
        (thousandth, "1.001", &["V0705 /Invoice[1]/Total[1]"]),
        (String::new(), "0", &[]),
        (String::new(), "1", &["V0705 /Invoice[1]/Total[1]"]),
        (
            line("99999999999999999999999999999999999") + &line("1"),
            "100000000000000000000000000000000000",
            &[],
        ),
        (line("0.0000000000000000000000000000000001"), "0.0000000000000000000000000000000001", &[]),
        (line("0.0000000000000000000000000000000001"), "0", &["V0705 /Invoice[1]/Total[1]"]),
        (line("1,5"), "1.5", &["V0707 /Invoice[1]/Line[1]/Amount[1]"]),
        (line("1e2"), "100", &["V0707 /Invoice[1]/Line[1]/Amount[1]"]),
        (line("INF"), "1", &["V0707 /Invoice[1]/Line[1]/Amount[1]"]),
        (line(&"9".repeat(37)), "1", &["V0707 /Invoice[1]/Line[1]/Amount[1]"]),
        (
            line(&"9".repeat(36)) + &line("0.0000000000000000000000000000000001"),
            "1",
            &["V0708 /Invoice[1]"],
        ),
    ] {
        let found = xml(rule, &format!("{lines}<Total>{total}</Total>"));
        assert_eq!(short(&found), told, "{total}");
    }
}

#[test]
fn numbers_of_json_keep_their_digits_and_exponents() {
    let rule = "path = '/lines/*/amount'\nsum-equals = '/total'";
    for (parts, total, told) in [
        ("[{\"amount\":0.1},{\"amount\":0.2}]", "0.3", &[][..]),
        ("[{\"amount\":1e2},{\"amount\":\"0.50\"}]", "1.005E+2", &[]),
        ("[{\"amount\":-125e-3}]", "-0.125", &[]),
        ("[{\"amount\":0e99999}]", "0", &[]),
        ("[{\"amount\":1e-3},{}]", "0.001", &[]),
        ("[{\"amount\":1e99999}]", "0", &["V0707 /lines/0/amount"]),
        ("[{\"amount\":1e-40}]", "0", &["V0707 /lines/0/amount"]),
        ("[{\"amount\":\"1e2\"}]", "100", &["V0707 /lines/0/amount"]),
        ("[{\"amount\":null}]", "0", &["V0707 /lines/0/amount"]),
        ("[{\"amount\":1}]", "1.0000000000000001", &["V0705 /total"]),
    ] {
        let document = format!("{{\"lines\":{parts},\"total\":{total}}}");
        assert_eq!(short(&json(rule, &document)), told, "{document}");
    }
}

#[test]
fn dates_are_in_order_as_far_as_they_say() {
    let rule = "path = 'i:End'\nnot-before = 'i:Start'";
    for (start, end, told) in [
        ("2026-07-01", "2026-07-01", ""),
        ("2026-07-01", "2026-06-30", "V0706 /Invoice[1]/End[1]"),
        ("2026-07-01", "2026-07-02", ""),
        ("2026-07-01T12:00:00", "2026-07-01", ""),
        ("2026-07-01", "2026-07-01T00:00:00", ""),
        ("2026-07-01", "2026-06-30T23:59:59.999", "V0706 /Invoice[1]/End[1]"),
        ("2026-07-01T00:00:00", "2026-06-30", "V0706 /Invoice[1]/End[1]"),
        ("2026-07-01T12:00:00.5", "2026-07-01T12:00:00.50", ""),
        ("2026-07-01T12:00:00.5", "2026-07-01T12:00:00.49", "V0706 /Invoice[1]/End[1]"),
        ("2026-06-30T24:00:00", "2026-07-01T00:00:00", ""),
        ("2026-07-01T12:00:00+02:00", "2026-07-01T10:00:00Z", ""),
        ("2026-07-01T12:00:00+02:00", "2026-07-01T09:59:59Z", "V0706 /Invoice[1]/End[1]"),
        // A day in another zone is another stretch of time: what overlaps is in order.
        ("2026-07-01+02:00", "2026-07-01Z", ""),
        ("2026-07-01-12:00", "2026-06-30+12:00", "V0706 /Invoice[1]/End[1]"),
        // Without a zone it could be anywhere.
        ("2026-07-01T12:00:00Z", "2026-06-30T22:00:00", ""),
        ("2026-07-01T12:00:00Z", "2026-06-30T21:59:59", "V0706 /Invoice[1]/End[1]"),
        ("2026-07-01T12:00:00", "2026-06-30T22:00:00Z", ""),
        ("2026-07-01T12:00:00", "2026-06-30T21:59:59Z", "V0706 /Invoice[1]/End[1]"),
        ("2026-07-01", "01-07-2026", "V0707 /Invoice[1]/End[1]"),
        ("2026-07-01", "", "V0707 /Invoice[1]/End[1]"),
        ("2026-02-30", "2026-07-01", "V0707 /Invoice[1]/Start[1]"),
        ("2026-07-01T25:00:00", "2026-07-01", "V0707 /Invoice[1]/Start[1]"),
        ("2026-07-01T24:00:01", "2026-07-01", "V0707 /Invoice[1]/Start[1]"),
        ("2026-07-01T12:00", "2026-07-01", "V0707 /Invoice[1]/Start[1]"),
        ("2026-07-01T12:00:00.", "2026-07-01", "V0707 /Invoice[1]/Start[1]"),
        ("2026-07-01+15:00", "2026-07-01", "V0707 /Invoice[1]/Start[1]"),
        ("2026-07-01T+2:00:00", "2026-07-01", "V0707 /Invoice[1]/Start[1]"),
        ("２０26-07-01", "2026-07-01", "V0707 /Invoice[1]/Start[1]"),
    ] {
        let found = short(&xml(rule, &format!("<Start>{start}</Start><End>{end}</End>")));
        let told: Vec<&str> = Some(told).filter(|told| !told.is_empty()).into_iter().collect();
        assert_eq!(found, told, "{start} {end}");
    }
}

#[test]
fn every_date_is_held_against_every_other_in_its_element() {
    let rule = "within = 'i:Line'\npath = ['i:End', 'i:Due']\nnot-before = 'i:Start'";
    let body = "<Line><Start>2026-01-01</Start><Start>2026-03-01</Start><End>2026-02-01</End>\
                <Due>2026-03-01</Due><Due>2025-01-01</Due></Line>\
                <Line><End>2025-01-01</End></Line>";
    let told = ["V0706 /Invoice[1]/Line[1]/End[1]", "V0706 /Invoice[1]/Line[1]/Due[2]"];
    assert_eq!(short(&xml(rule, body)), told);
    let rule = "path = '/lines/*/end'\nnot-before = '/start'";
    let document = "{\"start\":\"2026-07-01T00:00:00Z\",\"lines\":[{\"end\":\"2026-06-30T00:00:00z\"},{\"end\":20260701},{}]}";
    assert_eq!(short(&json(rule, document)), ["V0706 /lines/0/end", "V0707 /lines/1/end"]);
}

#[test]
fn many_elements_that_each_look_through_the_whole_document_end_at_the_limit() {
    let check = "[[check]]\nid = 'C-1'\nwithin = 'i:Line'\npath = '/i:Invoice/i:Line'\ncount-equals = '@n'\n";
    let contract = load(&files(&format!("{XML}{check}")));
    let document =
        format!("<Invoice xmlns='urn:i'>{}</Invoice>", "<Line n='20000'/>".repeat(20_000));
    let verdict = contract.judge(
        Some(&payload(&document)),
        &Occasion::request("deliver"),
        &JudgeOptions { rule_steps_max: 1_000_000, ..JudgeOptions::default() },
    );
    let codes: Vec<&str> = verdict.violations.iter().map(|each| each.code.as_str()).collect();
    assert_eq!(codes, ["V0708"]);
}

#[test]
fn the_keys_of_a_kind_are_checked() {
    for (rule, told) in [
        ("count-equals = 'i:Count['", "contract.toml:15:16 C0206 "),
        ("sum-equals = 'x:Total'", "contract.toml:15:14 C0207 the prefix `x` is not declared"),
        ("not-before = 'i:Start'\nwithin = 'x:Line'", "contract.toml:16:10 C0207 "),
        (
            "not-before = 2026-07-01",
            "contract.toml:15:14 C0103 `not-before` takes a text, not a date or time",
        ),
        (
            "identifier = 'cvr'\nwithin = 'i:Line'",
            "contract.toml:16:1 C0102 there is no key `within` here",
        ),
        (
            "sum-equals = 'i:Total'\ncount-equals = 'i:Count'",
            "contract.toml:12:1 C0105 a check has one of ",
        ),
    ] {
        let found = findings(&format!("{XML}[[check]]\nid = 'C-1'\npath = 'i:Line'\n{rule}\n"));
        assert_eq!(found.len(), 1, "{rule}: {found:?}");
        assert!(found[0].starts_with(told), "{rule}: {found:?}");
    }
}

#[test]
fn what_cannot_be_compared_is_told_by_what_it_is() {
    let long = "1".repeat(40);
    let (sum, dates) =
        ("path = '/lines/*'\nsum-equals = '/sum'", "path = '/end'\nnot-before = '/start'");
    let count = "path = '/lines/*'\ncount-equals = '/sum'";
    for (rule, document, told) in [
        (
            sum,
            format!("{{\"lines\":[{long}],\"sum\":1}}"),
            "a part of the sum has more digits than are compared exactly",
        ),
        (
            sum,
            format!("{{\"lines\":[\"{long}\"],\"sum\":1}}"),
            "a part of the sum has more digits than are compared exactly",
        ),
        (
            sum,
            "{\"lines\":[1e400],\"sum\":1}".to_owned(),
            "a part of the sum has more digits than are compared exactly",
        ),
        (sum, "{\"lines\":[null],\"sum\":1}".to_owned(), "a part of the sum is `null`"),
        (sum, "{\"lines\":[1],\"sum\":null}".to_owned(), "the sum is `null`"),
        (sum, "{\"lines\":[1],\"sum\":true}".to_owned(), "the sum is `true` or `false`"),
        (sum, "{\"lines\":[{}],\"sum\":1}".to_owned(), "a part of the sum is an object"),
        (sum, "{\"lines\":[\"one\"],\"sum\":1}".to_owned(), "a part of the sum is not a number"),
        (sum, "{\"lines\":[\"\"],\"sum\":1}".to_owned(), "a part of the sum is empty"),
        (count, "{\"lines\":[],\"sum\":null}".to_owned(), "the count is `null`"),
        (
            count,
            format!("{{\"lines\":[],\"sum\":{long}}}"),
            "the count has more digits than are compared exactly",
        ),
        (
            dates,
            "{\"lines\":[],\"end\":null,\"start\":\"2026-01-01\"}".to_owned(),
            "the value is `null`, and no date",
        ),
        (
            dates,
            "{\"lines\":[],\"end\":\"1.1.26\",\"start\":\"2026-01-01\"}".to_owned(),
            "the value is not a date, such as 2026-07-01, nor a date with a time",
        ),
    ] {
        let found = json(rule, &document);
        assert!(
            found.len() == 1 && found[0].starts_with("V0707 ") && found[0].ends_with(told),
            "{document} {found:?}"
        );
    }
    let found = xml("path = 'i:A'\nsum-equals = 'i:S'", &format!("<A>{long}</A><S>1</S>"));
    assert!(
        found[0].ends_with("a part of the sum has more digits than are compared exactly"),
        "{found:?}"
    );
}
