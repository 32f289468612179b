use super::*;
use proptest::prelude::*;

fn faults(text: &str) -> String {
    let mut findings = Vec::new();
    let case = Case::read("x.case", text.as_bytes(), &mut findings);
    assert_eq!(case.is_some(), findings.is_empty(), "a case or faults, never both: {findings:?}");
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

const WHOLE: &str = r#"
id       = "PA-2.1-created"
sentence = "A whole application is answered 201 with a Location."
clause   = "PA-2.1"
role     = "provider"
contract = "dk.ex/permits@^1.0"

[message]
direction  = "request"
media-type = "application/json"
body       = '{"applicant": "Test Testsen"}'
request    = { method = "POST", path = "/applications", headers = { Accept = "application/json" } }

[expect]
verdict = "accepted"

[[expect.violation]]
code = "V0506"
path = "/id"

[expect.answer]
status     = [200, 201]
media-type = "application/json"
headers    = ["Location"]
verdict    = "accepted"
"#;

#[test]
fn reads_a_whole_case() {
    let mut findings = Vec::new();
    let case = Case::read("x.case", WHOLE.as_bytes(), &mut findings).unwrap();
    assert_eq!(case.id.as_str(), "PA-2.1-created");
    assert_eq!(case.request.as_ref().unwrap().headers["accept"], "application/json");
    let answer = case.expect.answer.as_ref().unwrap();
    assert_eq!(
        (answer.statuses.as_slice(), answer.headers[0].as_str()),
        (&[200, 201][..], "location")
    );
    assert_eq!(Case::read("y.case", case.to_toml().as_bytes(), &mut findings), Some(case));
}

#[test]
fn tells_all_faults_at_once() {
    insta::assert_snapshot!(faults("id = 'a b'\nclause = ' '\nrole = 'suplier'\ncolour = 1\n"), @r"
    x.case:1:1 C0104 `sentence` is missing
    x.case:1:1 C0104 `contract` is missing
    x.case:1:1 C0104 `message` is missing
    x.case:1:1 C0104 `expect` is missing
    x.case:1:6 C0105 `id`: a case's id is letters, digits, '-', '_' and '.', at most 100 bytes
    x.case:2:1 C0105 `clause` is empty
    x.case:3:8 C0105 `role` takes one of: consumer, provider
    x.case:4:1 C0102 there is no key `colour` here
      hint: keys here: clause, contract, expect, id, message, role, sentence
    ");
    let wrong = WHOLE
        .replace("\"request\"", "\"response\"")
        .replace("V0506", "C0101")
        .replace("[200, 201]", "99")
        .replace("\"/applications\"", "\"applications\"");
    insta::assert_snapshot!(faults(&wrong), @r"
    x.case:12:33 C0105 `path` begins with /
    x.case:18:1 C0105 `code` is the code of a violation, as in V0301
    x.case:22:14 C0105 `status` must lie between 100 and 599
    ");
}

#[test]
fn refuses_what_only_the_parts_together_get_wrong() {
    insta::assert_snapshot!(faults(&WHOLE.replace("\"request\"", "\"response\"")), @r"
    x.case:8:2 C0105 only a request has a method and a path
    x.case:14:2 C0105 an answer is expected only of a provider that is sent a request
    ");
    insta::assert_snapshot!(faults(&WHOLE.replace("\"provider\"", "\"consumer\"")), @"x.case:14:2 C0105 an answer is expected only of a provider that is sent a request");
    let both = WHOLE.replace("request    =", "file = '../secret'\nrequest    =");
    insta::assert_snapshot!(faults(&both), @"x.case:12:1 C0105 give `body` or `file`, not both");
    let outside = both.replace("body       =", "#");
    insta::assert_snapshot!(faults(&outside), @"x.case:12:1 C0105 `file` is a path below the case's folder, parted by /");
}

fn words<T: Copy + fmt::Debug + 'static>(
    words: &'static [(&'static str, T)],
) -> impl Strategy<Value = T> {
    (0..words.len()).prop_map(move |at| words[at].1)
}

fn line() -> impl Strategy<Value = String> {
    "[^\\n\\r]{0,20}[a-zæ'\"\\\\]"
}

fn request() -> impl Strategy<Value = Request> {
    ("[A-Z]{1,7}", "/[ -~]{0,12}", proptest::collection::btree_map("[a-z-]{1,8}", ".{0,12}", 0..3))
        .prop_map(|(method, path, headers)| Request { method, path, headers })
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        "(?s).{0,60}".prop_map(Body::Text),
        "[ -~\\n']{0,60}".prop_map(Body::Text),
        "[a-z]{1,5}/[a-z]{1,5}\\.xml".prop_map(Body::File),
        Just(Body::None),
    ]
}

fn violation() -> impl Strategy<Value = ExpectedViolation> {
    let codes: Vec<Code> = code::ENTRIES
        .iter()
        .map(|entry| entry.code)
        .filter(|code| code.as_str().starts_with('V'))
        .collect();
    (proptest::sample::select(codes), proptest::option::of(line()), proptest::option::of(line()))
        .prop_map(|(code, rule, path)| ExpectedViolation { code, rule, path })
}

fn answer() -> impl Strategy<Value = ExpectedAnswer> {
    (
        proptest::collection::vec(100_u16..=599, 1..4),
        proptest::option::of(Just(MediaType::xml())),
        proptest::collection::vec("[a-z-]{1,8}", 0..3),
        proptest::option::of(words(OUTCOMES)),
    )
        .prop_map(|(statuses, media_type, headers, verdict)| ExpectedAnswer {
            statuses,
            media_type,
            headers,
            verdict,
        })
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same_case(
        names in ("[a-z0-9][a-zA-Z0-9._-]{0,20}", line(), line()),
        body in body(),
        request in proptest::option::of(request()),
        verdict in words(&OUTCOMES[..3]),
        violations in proptest::collection::vec(violation(), 0..3),
        answer in proptest::option::of(answer()),
    ) {
        let (id, sentence, clause) = names;
        let case = Case {
            id: id.parse().unwrap(),
            sentence,
            clause,
            role: Role::Provider,
            contract: "dk.ex/permits@^1.0.0".parse().unwrap(),
            direction: Direction::Request,
            media_type: MediaType::json(),
            body,
            request,
            expect: Expectation { verdict, violations, answer },
        };
        let mut findings = Vec::new();
        let read = Case::read("x.case", case.to_toml().as_bytes(), &mut findings);
        prop_assert_eq!(read, Some(case.clone()), "{:?}\n{}", findings, case.to_toml());
    }

    #[test]
    fn any_bytes_give_a_case_or_faults(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut findings = Vec::new();
        let case = Case::read("x.case", &bytes, &mut findings);
        prop_assert_eq!(case.is_none(), !findings.is_empty());
    }
}
