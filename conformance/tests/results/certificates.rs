//! Certificates: issued from what conforms, told apart when they do not do, revoked by a list.

use crate::{
    evidence::{key, opened},
    sample::{self, Wrong},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use sluse_conformance::{
    Role, Suite,
    certificate::{
        Answer, Asked, Certificate, Claims, Issue, IssueFault, JwsFault, Known, StatusList, Why,
        Word, can_connect, issue, months_later,
    },
    result::RunOutcome,
    verify::rejudge,
};
use sluse_ledger::{SigningKey, VerifierKey};

const ISSUED: i64 = 1_796_112_000; // 2026-12-01T08:00:00Z
const SYSTEM: &str = "example.city/permit-office";

fn ask(word: Word) -> Issue {
    Issue { issuer: "Example City".into(), system: None, word, now: ISSUED }
}

fn claims(word: Word, list: &mut StatusList) -> Claims {
    let (contract, plan, supplier) =
        (sample::contract(), sample::plan(), key("supplier.example/erp"));
    let bundle = opened(sample::run(Wrong::Nothing), &supplier);
    issue(&bundle, &rejudge(bundle.result(), &contract, &Suite::default(), &plan), &ask(word), list)
        .unwrap()
}

struct Issuer {
    key: SigningKey,
    list: StatusList,
}

impl Issuer {
    fn new() -> Self {
        Self {
            key: key("city.example/certificates"),
            list: StatusList::new("https://city.example/status/1"),
        }
    }

    fn keys(&self) -> Vec<VerifierKey> {
        vec![self.key.verifier().clone()]
    }

    /// What others know: certificates of these claims, and the list as it is now.
    fn known(&self, claims: &[Claims]) -> Known {
        let certificates = claims.iter().map(|claims| {
            Certificate::read(&Certificate::sign(claims, &self.key).unwrap(), &self.keys()).unwrap()
        });
        let list =
            StatusList::read(&self.list.sign(ISSUED, &self.key).unwrap(), &self.keys()).unwrap();
        Known { certificates: certificates.collect(), lists: vec![list] }
    }
}

fn asked() -> Asked<'static> {
    Asked {
        system: SYSTEM,
        contract: "example.city/permits",
        version: "1.0".parse().unwrap(),
        role: None,
        profile: None,
        word: Word::SelfDeclared,
        now: ISSUED + 60,
    }
}

fn why(known: &Known, asked: &Asked<'_>) -> (&'static str, Option<Why>) {
    match can_connect(known, asked) {
        Answer::Yes(_) => ("yes", None),
        Answer::No(why) => ("no", Some(why)),
        Answer::Unknown(why) => ("unknown", Some(why)),
    }
}

#[test]
fn a_certificate_says_what_was_tested_and_how() {
    let mut issuer = Issuer::new();
    let claims = claims(Word::SelfDeclared, &mut issuer.list);
    let text = Certificate::sign(&claims, &issuer.key).unwrap();
    let header = BASE64URL.decode(text.split('.').next().unwrap()).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&"EdDSA".into(), &"sluse-certificate+jwt".into())
    );
    let certificate = Certificate::read(&format!("{text}\n"), &issuer.keys()).unwrap();
    assert_eq!(certificate.claims, claims);
    assert_eq!(
        (claims.sub.as_str(), claims.contract.as_str(), claims.version.to_string()),
        (SYSTEM, "example.city/permits", "1.0".into())
    );
    assert_eq!(
        (claims.word, claims.role, claims.status.status_list.idx),
        (Word::SelfDeclared, Role::Provider, 0)
    );
    assert_eq!(certificate.last_day().to_string(), "2027-12-01");
    assert_eq!(claims.exp, 1_827_648_000, "twelve months, to the second");
}

#[test]
fn nothing_is_issued_from_a_run_that_does_not_conform() {
    let (contract, plan, supplier) =
        (sample::contract(), sample::plan(), key("supplier.example/erp"));
    let mut list = StatusList::new("u");
    for (lie, wrong) in [(false, Wrong::Lengths), (true, Wrong::Lengths), (true, Wrong::Time)] {
        let mut result = sample::run(wrong);
        if lie {
            result.outcome = RunOutcome::Conforms;
        }
        let bundle = opened(result, &supplier);
        let fault = issue(
            &bundle,
            &rejudge(bundle.result(), &contract, &Suite::default(), &plan),
            &ask(Word::Observed),
            &mut list,
        )
        .unwrap_err();
        assert_eq!(matches!(fault, IssueFault::NotConforming(_)), !lie, "{fault}");
    }
    let mut filtered = sample::run(Wrong::Nothing);
    filtered.filter = Some("--clause PE-1.1".into());
    let bundle = opened(filtered, &supplier);
    assert!(
        issue(
            &bundle,
            &rejudge(bundle.result(), &contract, &Suite::default(), &plan),
            &ask(Word::Observed),
            &mut list
        )
        .is_err()
    );
    assert_eq!(list.issued, 0, "no place was given out");
}

#[test]
fn only_what_a_trusted_key_signed_as_a_certificate_is_one() {
    let mut issuer = Issuer::new();
    let claims = claims(Word::Observed, &mut issuer.list);
    let text = Certificate::sign(&claims, &issuer.key).unwrap();
    let read = |text: &str| Certificate::read(text, &issuer.keys()).unwrap_err();
    assert_eq!(
        Certificate::read(&text, &[key("b").verifier().clone()]).unwrap_err(),
        JwsFault::Signature
    );
    assert_eq!(Certificate::read(&text, &[]).unwrap_err(), JwsFault::Signature);
    assert_eq!(
        read(&issuer.list.sign(0, &issuer.key).unwrap()),
        JwsFault::Header,
        "a status list is no certificate"
    );
    let parts: Vec<&str> = text.split('.').collect();
    let with_header =
        |header: &str| format!("{}.{}.{}", BASE64URL.encode(header), parts[1], parts[2]);
    for header in [
        r#"{"alg":"none","typ":"sluse-certificate+jwt"}"#,
        r#"{"alg":"HS256","typ":"sluse-certificate+jwt"}"#,
        r#"{"alg":"EdDSA","typ":"sluse-certificate+jwt","crit":["b64"],"b64":false}"#,
    ] {
        assert_eq!(read(&with_header(header)), JwsFault::Header, "{header}");
    }
    assert_eq!(
        read(&with_header(r#"{"alg":"EdDSA","typ":"sluse-certificate+jwt"}"#)),
        JwsFault::Signature
    );
    for bad in ["", "a", "a.b", "a.b.c", "...", &text[1..], &format!("{text}.x")] {
        assert!(Certificate::read(bad, &issuer.keys()).is_err(), "{bad}");
    }
    assert_eq!(read(&"a".repeat(100_000)), JwsFault::TooLarge);
    assert_eq!(Certificate::unproven(&text).unwrap(), claims);
}

#[test]
fn why_a_certificate_does_not_do_is_told_apart() {
    let mut issuer = Issuer::new();
    let own = claims(Word::SelfDeclared, &mut issuer.list);
    let known = issuer.known(std::slice::from_ref(&own));
    assert_eq!(why(&known, &asked()), ("yes", None));
    assert_eq!(
        why(&known, &Asked { version: "1.1".parse().unwrap(), ..asked() }),
        ("no", Some(Why::WrongVersion))
    );
    assert_eq!(why(&known, &Asked { now: own.exp, ..asked() }), ("no", Some(Why::Expired)));
    assert_eq!(why(&known, &Asked { now: own.exp - 1, ..asked() }), ("yes", None));
    assert_eq!(why(&known, &Asked { now: own.iat - 1, ..asked() }), ("no", Some(Why::NotYet)));
    assert_eq!(
        why(&known, &Asked { word: Word::Observed, ..asked() }),
        ("no", Some(Why::WrongWord))
    );
    assert_eq!(
        why(&known, &Asked { role: Some(Role::Consumer), ..asked() }),
        ("no", Some(Why::WrongRole))
    );
    assert_eq!(
        why(&known, &Asked { system: "example.city/other", ..asked() }),
        ("unknown", Some(Why::None))
    );
    assert_eq!(
        why(&known, &Asked { contract: "example.city/other", ..asked() }),
        ("unknown", Some(Why::None))
    );
    assert_eq!(
        why(&Known { lists: Vec::new(), ..known }, &asked()),
        ("unknown", Some(Why::StatusUnknown))
    );
    assert!(issuer.list.revoke(0) && !issuer.list.revoke(1));
    assert_eq!(
        why(&issuer.known(std::slice::from_ref(&own)), &asked()),
        ("no", Some(Why::Revoked))
    );
    let newer = claims(Word::Observed, &mut issuer.list);
    let both = issuer.known(&[own, newer]);
    assert_eq!(
        why(&both, &Asked { word: Word::Observed, ..asked() }),
        ("yes", None),
        "another one does"
    );
}

#[test]
fn only_the_issuers_own_newest_list_counts() {
    let mut issuer = Issuer::new();
    let own = claims(Word::Observed, &mut issuer.list);
    let mut known = issuer.known(std::slice::from_ref(&own));
    let mut stranger = Issuer::new();
    stranger.list.take_place();
    stranger.list.revoke(0);
    let list =
        StatusList::read(&stranger.list.sign(ISSUED + 9, &stranger.key).unwrap(), &stranger.keys())
            .unwrap();
    known.lists.push(list);
    assert_eq!(why(&known, &asked()), ("yes", None), "another issuer cannot revoke it");
    issuer.list.revoke(0);
    issuer.list.expires_at = Some(ISSUED + 30);
    let newer =
        StatusList::read(&issuer.list.sign(ISSUED + 10, &issuer.key).unwrap(), &issuer.keys())
            .unwrap();
    known.lists.insert(0, newer);
    assert_eq!(
        why(&known, &asked()),
        ("no", Some(Why::Revoked)),
        "the newest list, though it is out of date"
    );
    issuer.list = StatusList::new("https://city.example/status/1");
    issuer.list.take_place();
    issuer.list.expires_at = Some(ISSUED + 30);
    assert_eq!(why(&issuer.known(&[own]), &asked()), ("unknown", Some(Why::StatusUnknown)));
}

#[test]
fn a_status_list_is_written_as_the_draft_writes_it() {
    // The example of section 4.1 of draft-ietf-oauth-status-list: 16 places, bytes 0xb9 0xa3.
    let key = key("city.example");
    let mut list = StatusList::new("https://example.com/statuslists/1");
    for _ in 0..16 {
        list.take_place();
    }
    for place in [0, 3, 4, 5, 7, 8, 9, 13, 15] {
        assert!(list.revoke(place));
    }
    let token = list.sign(1_686_920_170, &key).unwrap();
    let (read, _) = StatusList::read(&token, &[key.verifier().clone()]).unwrap();
    let bits: Vec<u8> = (0..16).map(|place| u8::from(read.is_revoked(place).unwrap())).collect();
    assert_eq!(bits, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
    assert_eq!(read.is_revoked(16), None);
    assert_eq!((read.issued, read.issued_at), (16, 1_686_920_170));
    let payload = BASE64URL.decode(token.split('.').nth(1).unwrap()).unwrap();
    let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(payload["status_list"]["bits"], 1);
    assert_eq!(payload["sub"], "https://example.com/statuslists/1");
    // As the draft has it; compressors differ, so what is compared is what it unpacks to.
    assert_eq!(payload["status_list"]["lst"].as_str().unwrap().get(..3), Some("eNr"));
}

#[test]
fn months_end_where_the_calendar_does() {
    let day = |text: &str| text.parse::<sluse_contracts::Day>().unwrap().days() * 86_400;
    for (from, months, to) in [
        ("2026-12-01", 12, "2027-12-01"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-10-31", 1, "2026-11-30"),
        ("2027-11-30", 3, "2028-02-29"),
    ] {
        assert_eq!(months_later(day(from) + 5, months), day(to) + 5, "{from}");
    }
}

#[test]
fn a_certificate_for_a_part_of_the_contract_does_for_that_part_alone() {
    let mut issuer = Issuer::new();
    let whole = claims(Word::SelfDeclared, &mut issuer.list);
    for (profile, asked_for, answer) in [
        (None, None, ("yes", None)),
        (None, Some("part"), ("yes", None)),
        (Some("part"), Some("part"), ("yes", None)),
        (Some("part"), Some("other"), ("no", Some(Why::WrongProfile))),
        (Some("part"), None, ("no", Some(Why::WrongProfile))),
    ] {
        let claims = Claims { profile: profile.map(str::to_owned), ..whole.clone() };
        let known = issuer.known(&[claims]);
        assert_eq!(why(&known, &Asked { profile: asked_for, ..asked() }), answer, "{profile:?}");
    }
}
