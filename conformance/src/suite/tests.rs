//! Suites as people write them, and every fault of one at once.

use super::{FaultSide, FreshForm, Spot, read};
use crate::{
    case::{Source, Statuses},
    walk::Next,
};
use sluse_contracts::{Contract, ContractFiles, SchemaCache};
use std::sync::Arc;

const MANIFEST: &str = "id = 'demo.city/permits'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = { en = 'Permits' }\nopenapi = 'openapi.yaml'\n";
const OPENAPI: &str = "openapi: 3.0.3\ninfo: {title: Permits, version: 1.0.0}\npaths:\n  /permits:\n    post:\n      \
    operationId: createPermit\n      responses: {'201': {description: Made}}\n    get:\n      operationId: listPermits\n      \
    responses: {'200': {description: All}}\n";
const CLAUSES: &str = "[[clause]]\nid = 'P-1'\nlevel = 'MUST'\ntarget = 'provider'\ntext = { en = 'A key repeats.' }\n";

fn contract(suite: &str) -> (ContractFiles, Arc<Contract>) {
    let mut files = ContractFiles::new("permits");
    files.add("contract.toml", MANIFEST.as_bytes());
    files.add("openapi.yaml", OPENAPI.as_bytes());
    files.add("clauses.toml", CLAUSES.as_bytes());
    files.add(super::FILE, suite.as_bytes().to_vec());
    let (contract, findings) = Contract::load(&files, &SchemaCache::default());
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    (files, contract)
}

#[test]
fn reads_what_a_suite_binds() {
    let (files, contract) = contract(
        "version = '1.0.0'\n[refusals]\nschema = [422, '4xx']\n\
         [[fresh]]\nname = 'reference'\nat = 'json:/reference'\nprefix = 'R-'\nform = 'digits'\n\
         [[resource]]\nname = 'permit'\ncreate = 'createPermit'\nid = 'header:Location'\nparameter = 'permitId'\n\
         [[idempotency]]\noperations = ['createPermit']\nkey = 'header:Idempotency-Key'\nconflict = [409]\nclauses = { replay = 'P-1' }\n\
         [[paging]]\noperation = 'listPermits'\nentries = '/items'\nid = '/id'\nnext = 'json:/next'\ncursor = 'after'\nresource = 'permit'\n\
         [[answer]]\noperations = ['createPermit']\nstatuses = [201]\nrepeats = [{ sent = 'xml:/A/Id', answered = 'xml:/B/Id' }]\n\
         [[fault]]\nname = 'gone'\nat = 'xml:/A/Id'\nvalue = '0'\nside = 'consumer'\ndetail = 'Gone'\nclauses = { told = 'P-1' }\n",
    );
    let (suite, findings) = read(&files, &contract);
    assert_eq!(findings, []);
    assert_eq!(suite.answers[0].statuses, [Statuses::only(201)]);
    assert_eq!(suite.answers[0].repeats[0].1, Source::Xml("/B/Id".to_owned()));
    let told = &suite.faults[0];
    assert_eq!(told.when, Some((Spot::Xml("/A/Id".to_owned()), "0".to_owned())));
    assert_eq!((told.side, told.detail.as_deref()), (Some(FaultSide::Consumer), Some("Gone")));
    assert_eq!(suite.fresh[0].at, Spot::Json("/reference".to_owned()));
    assert_eq!(suite.resources[0].id, Source::Header("location".to_owned()));
    assert_eq!(suite.idempotency[0].conflict, [Statuses::only(409)]);
    assert_eq!(suite.idempotency[0].clauses["replay"], "P-1");
    let cursor =
        Next::Cursor { at: Source::Json("/next".to_owned()), parameter: "after".to_owned() };
    assert_eq!(suite.paging[0].next, cursor);
    assert!(suite.refusals.values().flatten().any(|each| each.holds(451)));
}

#[test]
fn tells_every_fault_of_a_suite_with_its_place() {
    let (files, contract) = contract(
        "[[resource]]\nname = 'permit'\ncreate = 'createPermits'\nid = 'query:id'\nparameter = 'permitId'\n\
         [[idempotency]]\noperations = ['createPermit']\nkey = 'body:/x'\nclauses = { replays = 'P-1', conflict = 'P-9' }\n\
         [[paging]]\noperation = 'listPermits'\nentries = 'items'\nid = '/id'\nnext = 'page'\nresource = 'permit'\n\
         [surprise]\n",
    );
    let (_, findings) = read(&files, &contract);
    let told: Vec<String> = findings
        .iter()
        .map(|each| {
            let hint = each.hint.as_deref().unwrap_or("-");
            format!("{}:{} {} {} | {hint}", each.line, each.column, each.code, each.sentence)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    3:10 C0701 the contract has no operation of this name | did you mean `createPermit`?
    4:6 C0105 `id`: a place is `header:NAME`, `query:NAME`, `path:NAME`, `cookie:NAME`, `json:/POINTER` or `xml:/PATH`; in an answer, a header, JSON or XML | -
    8:7 C0105 `key`: a place is `header:NAME`, `query:NAME`, `path:NAME`, `cookie:NAME`, `json:/POINTER` or `xml:/PATH`; in an answer, a header, JSON or XML | -
    9:13 C0701 nothing of this name is tested here | did you mean `replay`?
    9:41 C0701 the contract has no clause of this id | did you mean `P-1`?
    12:11 C0105 a JSON Pointer is empty or begins with `/` (RFC 6901) | -
    14:8 C0105 the next page is `link` or a place: a place is `header:NAME`, `query:NAME`, `path:NAME`, `cookie:NAME`, `json:/POINTER` or `xml:/PATH`; in an answer, a header, JSON or XML | -
    15:12 C0701 the suite has no resource of this name | it has none
    16:2 C0102 there is no key `surprise` here | keys here: answer, behaviour, events, fault, fresh, given, idempotency, paging, preconditions, profile, refusals, resource, security, tls, version
    ");
}

#[test]
fn new_values_have_their_form_whatever_the_number() {
    for unique in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
        let uuid = FreshForm::Uuid.write(unique);
        assert_eq!((uuid.len(), uuid.as_bytes()[14]), (36, b'4'), "{uuid}");
        assert!(b"89ab".contains(&uuid.as_bytes()[19]), "{uuid}");
        let digits = FreshForm::Digits.write(unique);
        assert!(digits.len() == 10 && !digits.starts_with('0'), "{digits}");
        assert_eq!(FreshForm::Text.write(unique).len(), 12);
    }
}

#[test]
fn a_profile_is_of_clauses_and_operations_that_the_contract_has_and_is_never_the_whole() {
    let of = |lines: &str| {
        let (files, contract) = contract(&format!("version = '1.0.0'\n[[profile]]\n{lines}\n"));
        let (suite, findings) = read(&files, &contract);
        let told: Vec<String> = findings.iter().map(|it| it.code.to_string()).collect();
        (suite.profiles, told)
    };
    let good = "name = 'read'\nwhat = 'those that are read from'\nclauses = ['P-1']\nwithout = ['createPermit']";
    let (profiles, told) = of(good);
    assert_eq!(told, [""; 0]);
    assert!(profiles[0].holds("P-1") && profiles[0].holds("P-1.2") && !profiles[0].holds("P-10"));
    for (from, to, code) in [
        ("'P-1'", "'P-2'", "C0701"),
        ("'createPermit'", "'make'", "C0701"),
        ("['P-1']", "[]", "C0104"),
        ("'read'", "'whole'", "C0105"),
    ] {
        let (_, told) = of(&good.replace(from, to));
        assert_eq!(told, [code], "{from} as {to}");
    }
}
