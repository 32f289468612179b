//! Bundles: signed, masked, and judged again from what they hold.

use crate::sample::{self, Wrong};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sluse_conformance::{
    RunResult, Suite, Template,
    bundle::{self, About, BundleFault, Opened, open, seal},
    case::{Body, Play},
    mask::mask,
    result::{CaseVerdict, Digested, RunOutcome},
    verify::rejudge,
};
use sluse_ledger::SigningKey;

pub(crate) fn about(masked: usize) -> About {
    let digested = |name: &str| Digested { name: name.into(), sha256: "ab".repeat(32) };
    About { tool: digested("sluse 0.1.0"), declaration: digested("conformance.toml"), masked }
}

pub(crate) fn key(name: &str) -> SigningKey {
    SigningKey::generate(name).unwrap()
}

pub(crate) fn opened(result: RunResult, key: &SigningKey) -> Opened {
    let text = seal(result, &about(0), key).unwrap();
    open(text.as_bytes(), &[key.verifier().clone()]).unwrap()
}

#[test]
fn a_bundle_is_an_in_toto_statement_in_a_dsse_envelope() {
    let key = key("supplier.example/erp");
    let text = seal(sample::run(Wrong::Nothing), &about(2), &key).unwrap();
    let envelope: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(envelope["payloadType"], "application/vnd.in-toto+json");
    let payload = BASE64.decode(envelope["payload"].as_str().unwrap()).unwrap();
    let statement: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    let names: Vec<&str> = statement["subject"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| each["name"].as_str().unwrap().split(':').next().unwrap())
        .collect();
    assert_eq!(names, ["contract", "suite", "tool", "system-declaration", "result"]);
    // The signature is over the pre-authentication encoding as the protocol of DSSE writes it.
    let signed = [
        format!("DSSEv1 28 application/vnd.in-toto+json {} ", payload.len()).into_bytes(),
        payload,
    ]
    .concat();
    let sig = BASE64.decode(envelope["signatures"][0]["sig"].as_str().unwrap()).unwrap();
    assert!(key.verifier().verifies(&signed, &sig));
    let opened = open(text.as_bytes(), &[]).unwrap();
    assert!(!opened.is_trusted, "a key that only the bundle names is not trusted");
    assert!(open(text.as_bytes(), &[key.verifier().clone()]).unwrap().is_trusted);
    assert_eq!(opened.digest("system-declaration"), Some("ab".repeat(32).as_str()));
}

#[test]
fn any_byte_that_is_changed_is_seen() {
    let key = key("supplier.example/erp");
    let keys = [key.verifier().clone()];
    let text = seal(sample::run(Wrong::Nothing), &about(0), &key).unwrap();
    let envelope: serde_json::Value = serde_json::from_str(&text).unwrap();
    let payload = BASE64.decode(envelope["payload"].as_str().unwrap()).unwrap();
    for at in (0..payload.len()).step_by(payload.len() / 40) {
        let mut changed = payload.clone();
        changed[at] ^= 1;
        let mut other = envelope.clone();
        other["payload"] = BASE64.encode(changed).into();
        assert_eq!(
            open(other.to_string().as_bytes(), &keys).unwrap_err(),
            BundleFault::SignatureWrong
        );
        assert_eq!(
            open(other.to_string().as_bytes(), &[]).unwrap_err(),
            BundleFault::SignatureWrong
        );
    }
    let stranger = self::key("stranger.example");
    assert_eq!(
        open(text.as_bytes(), &[stranger.verifier().clone()]).unwrap_err(),
        BundleFault::NotTrusted(key.verifier().to_string())
    );
    assert_eq!(open(b"{}", &keys).unwrap_err(), BundleFault::NotAnEnvelope);
    let mut other = envelope;
    other["payloadType"] = "text/plain".into();
    assert_eq!(open(other.to_string().as_bytes(), &keys).unwrap_err(), BundleFault::NotAResult);
    assert_eq!(bundle::PAYLOAD_TYPE.len(), 28);
}

#[test]
fn a_bundle_is_judged_again_without_the_system() {
    let (contract, plan) = (sample::contract(), sample::plan());
    for wrong in [Wrong::Nothing, Wrong::Lengths, Wrong::Time, Wrong::Letters] {
        let result = sample::run(wrong);
        let again = rejudge(&result, &contract, &Suite::default(), &plan);
        assert!(again.holds(), "{wrong:?}: {:?}", again.sentences());
        assert_eq!((again.judged, again.outcome), (result.cases.len(), result.outcome));
    }
}

#[test]
fn what_a_supplier_changed_before_signing_comes_out() {
    let (contract, plan) = (sample::contract(), sample::plan());
    let bad = sample::run(Wrong::Lengths);
    type Change = fn(&mut RunResult);
    let changes: [(&str, Change); 6] = [
        ("the outcome", |result| result.outcome = RunOutcome::Conforms),
        ("verdicts", |result| {
            for case in &mut result.cases {
                case.verdict = CaseVerdict::Passed;
                case.differences.clear();
            }
        }),
        ("exchanges taken out", |result| {
            for case in &mut result.cases {
                case.verdict = CaseVerdict::Passed;
                case.exchanges.clear();
            }
        }),
        ("called not applicable", |result| {
            for case in &mut result.cases {
                if case.verdict == CaseVerdict::Failed {
                    case.verdict = CaseVerdict::NotApplicable;
                    case.exchanges.clear();
                }
            }
        }),
        ("failed cases left out", |result| {
            result.cases.retain(|case| case.verdict != CaseVerdict::Failed);
        }),
        ("the answer of another case", |result| {
            let refusal = result.cases[4].exchanges.clone();
            result.cases[1].exchanges[0].answer = refusal[0].answer.clone();
            result.cases[1].exchanges[0].request.start = "POST /elsewhere".into();
            result.cases[1].verdict = CaseVerdict::Passed;
            result.cases[1].differences.clear();
        }),
    ];
    for (what, change) in changes {
        let mut result = bad.clone();
        result.outcome = RunOutcome::Conforms;
        change(&mut result);
        let again = rejudge(&result, &contract, &Suite::default(), &plan);
        assert!(!again.holds(), "{what}");
        assert_ne!(again.outcome, RunOutcome::Conforms, "{what}");
        assert!(!again.sentences().is_empty(), "{what}");
    }
    let mut other = sample::run(Wrong::Nothing);
    other.contract.sha256 = "0".repeat(64);
    other.suite.sha256 = "0".repeat(64);
    let again = rejudge(&other, &contract, &Suite::default(), &plan);
    assert!(!again.same_contract && !again.same_suite && !again.holds());
}

#[test]
fn persons_are_put_away_and_the_verdicts_stay() {
    let (contract, plan) = (sample::contract(), sample::plan());
    for wrong in [Wrong::Nothing, Wrong::Lengths, Wrong::Letters] {
        let mut result = sample::run(wrong);
        result.cases[0].reason =
            Some(format!("the person {} of 010190-1232 is known", sample::PERSON));
        assert!(serde_json::to_string(&result).unwrap().contains(sample::PERSON));
        let count = mask(&mut result, &contract, &plan, &[7; 32]);
        assert_eq!(count, 2);
        let masked = serde_json::to_string(&result).unwrap();
        assert!(!masked.contains(sample::PERSON) && !masked.contains("010190-1232"), "{wrong:?}");
        let reason = result.cases[0].reason.as_ref().unwrap();
        assert!(reason.starts_with("the person ") && reason.ends_with(" is known"), "{reason}");
        let again = rejudge(&result, &contract, &Suite::default(), &plan);
        assert!(again.holds(), "{wrong:?}: {:?}", again.sentences());
    }
}

#[test]
fn what_the_plan_itself_sends_is_invented_and_stays() {
    let (contract, mut plan) = (sample::contract(), sample::plan());
    let body = format!(r#"{{"applicant": {{"person": "{}"}}}}"#, sample::PERSON);
    let Play::Call(steps) = &mut plan.cases[0].play else { panic!("a case that calls") };
    steps[0].requests[0].body = Body::Text(Template::literal(body));
    let mut result = sample::run(Wrong::Nothing);
    assert_eq!(mask(&mut result, &contract, &plan, &[7; 32]), 0);
    assert!(serde_json::to_string(&result).unwrap().contains(sample::PERSON));
}

#[test]
fn the_same_person_is_the_same_other_one_with_one_salt_alone() {
    let (contract, plan) = (sample::contract(), sample::plan());
    let masked = |salt: u8| {
        let mut result = sample::run(Wrong::Nothing);
        mask(&mut result, &contract, &plan, &[salt; 32]);
        let bodies = result
            .cases
            .iter()
            .flat_map(|case| &case.exchanges)
            .filter_map(|each| each.request.body.clone());
        let persons: std::collections::BTreeSet<String> = bodies
            .filter_map(|body| {
                serde_json::from_str::<serde_json::Value>(&body)
                    .ok()?
                    .pointer("/applicant/person")?
                    .as_str()
                    .map(str::to_owned)
            })
            .collect();
        assert_eq!(persons.len(), 1, "equal values stay equal");
        persons
    };
    assert_eq!(masked(1), masked(1));
    assert_ne!(masked(1), masked(2));
    let other = masked(1).into_iter().next().unwrap();
    assert!(
        other.len() == 10 && other.bytes().all(|byte| byte.is_ascii_digit()),
        "it keeps its form"
    );
}
