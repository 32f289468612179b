//! Bad input through a running process: each has its status and code, the connection is kept for the next
//! good request, and memory stays bounded.

use crate::world::{Act, Provider, Seen, Wire, answer, limits, request, world, write_folder};
use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// Memory that the process may have held at its fullest, in KiB, after small documents of all kinds.
const PEAK_KIB_MAX: u64 = 250 * 1024;
/// The same after many large ones at once: four are in memory as trees, of at most `tree-bytes-max` (256 MiB) each. The trees of this
/// test take less, which leaves room for the bytes of the others on their way into the outbox: 700 to 890 MiB were measured in a
/// debug build on two cores.
const LARGE_PEAK_KIB_MAX: u64 = 4 * 256 * 1024;
/// What the gateway holds is bounded here, not what glibc keeps for later: it has up to eight arenas for each core, and with large
/// messages on ever other threads each keeps the most that it ever gave. That was 300 to 500 MiB more, and varied with the load.
const ALLOCATOR: (&str, &str) = ("MALLOC_ARENA_MAX", "2");
/// How long all of them together may take on a machine that does much else.
const LARGE_REPLY_WITHIN_S: u64 = 90;

const NOTE: &str = "#--- contracts/dk.example/note/1.0.0/contract.toml
id = \"dk.example/note\"
version = \"1.0.0\"
status = \"in-force\"
title = { en = \"Note\" }
[namespaces]
n = \"urn:example:note\"
[select]
root = \"n:Note\"
[keys]
receiver = { path = \"n:To\", scheme-value = \"0184\" }
[[operation]]
name = \"deliver\"
kind = \"one-way\"
request = { media-type = \"application/xml\" }
";

const GOOD: &str = "<Note xmlns='urn:example:note'><To>12345678</To></Note>";
const ORDER: &str = r#"{"order":7,"to":{"id":"12345678","scheme":"0184"}}"#;

fn taken(_: &Seen) -> Act {
    answer(200, "text/plain", "")
}

/// `sluse serve` as a process of its own.
pub(crate) struct Serving {
    process: Child,
    pub(crate) address: SocketAddr,
    pub(crate) provider: Provider,
    _folder: TempDir,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Serving {
    async fn start() -> Self {
        Self::start_on(&format!("{}{NOTE}", limits("")), taken).await
    }

    /// Starts it on files laid over the usual ones, before a provider that acts so.
    pub(crate) async fn start_on(files: &str, act: fn(&Seen) -> Act) -> Self {
        let provider = Provider::start(act).await;
        let folder = write_folder(files, provider.address);
        let mut process = Command::new(env!("CARGO_BIN_EXE_sluse"))
            .args(["serve", "--config"])
            .arg(folder.path())
            .env(ALLOCATOR.0, ALLOCATOR.1)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stderr.take().unwrap());
        let mut lines = said.lines().map(Result::unwrap);
        let listening = lines.find_map(|line| line.strip_prefix("listening on ")?.parse().ok());
        let address = listening.expect("it says where it listens");
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address, provider, _folder: folder }
    }

    /// Memory at its fullest so far, in KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        peak_kib(self.process.id()).unwrap()
    }
}

/// Memory of a process at its fullest so far, in KiB; none once it has ended.
pub(crate) fn peak_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn wide(text: &str, mark: bool, big: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

/// What it is, headers, document, status, code of the refusal, code of the first violation.
type Case = (&'static str, &'static [&'static str], Vec<u8>, u16, &'static str, &'static str);

const XML: &[&str] = &["content-type: application/xml"];
const JSON: &[&str] = &["content-type: application/json"];

fn good() -> Vec<Case> {
    let taken = |what, headers, document| (what, headers, document, 202, "", "");
    let declared = format!("<?xml version='1.0' encoding='UTF-16'?>{GOOD}");
    let latin = format!("<?xml version='1.0' encoding='iso-8859-1'?>{GOOD}")
        .replace("</Note>", "<Ø/></Note>");
    let latin: Vec<u8> = latin.chars().map(|each| u8::try_from(u32::from(each)).unwrap()).collect();
    vec![
        taken("plain", XML, GOOD.into()),
        taken("a mark of UTF-8", XML, format!("\u{feff}{GOOD}").into()),
        taken("UTF-16 with a mark, little end first", XML, wide(GOOD, true, false)),
        taken("UTF-16 with a mark, big end first", XML, wide(GOOD, true, true)),
        taken("UTF-16 with a mark and declared", XML, wide(&declared, true, false)),
        taken(
            "the charset of the head",
            &["content-type: text/xml; charset=utf-16le"],
            wide(GOOD, false, false),
        ),
        taken("a declared charset", XML, latin),
        taken("JSON", JSON, ORDER.into()),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn broken() -> Vec<Case> {
    let malformed =
        |what, headers, document: Vec<u8>, code| (what, headers, document, 400, "F0101", code);
    let note = |inner: &str| GOOD.replace("</Note>", &format!("{inner}</Note>")).into_bytes();
    let with_type = |doctype: &str| format!("<!DOCTYPE Note {doctype}>{GOOD}").into_bytes();
    let bomb: String =
        (1..30).map(|at| format!("<!ENTITY e{at} '&e{0};&e{0};'>", at - 1)).collect();
    let attributes: String = (0..100_000).map(|at| format!(" a{at}='1'")).collect();
    let members: String = (0..100_000).map(|at| format!(",\"a{at}\":1")).collect();
    vec![
        malformed("not closed", XML, b"<Note xmlns='urn:example:note'>".to_vec(), "V0101"),
        malformed("closed twice", XML, format!("{GOOD}</Note>").into(), "V0101"),
        malformed("two roots", XML, format!("{GOOD}{GOOD}").into(), "V0101"),
        malformed("text behind the end", XML, format!("{GOOD}x").into(), "V0101"),
        malformed("an attribute twice", XML, note("<a b='1' b='2'/>"), "V0101"),
        malformed("a control character", XML, note("\u{1}"), "V0101"),
        malformed("a reference to no character", XML, note("&#0;"), "V0101"),
        malformed("JSON under an XML type", XML, ORDER.into(), "V0101"),
        malformed("nothing but zeros", XML, vec![0; 1_000], "V0101"),
        malformed(
            "bytes that are no UTF-8",
            XML,
            [GOOD.as_bytes(), b"<!-- \xff -->"].concat(),
            "V0102",
        ),
        malformed("UTF-8 broken off", XML, [GOOD.as_bytes(), b"<!-- \xe2\x82"].concat(), "V0102"),
        malformed(
            "an unknown charset",
            XML,
            format!("<?xml version='1.0' encoding='klingon'?>{GOOD}").into(),
            "V0102",
        ),
        malformed(
            "an unknown charset in the head",
            &["content-type: application/xml; charset=klingon"],
            GOOD.into(),
            "V0102",
        ),
        malformed("half a unit of UTF-16", XML, wide(GOOD, true, false)[..99].to_vec(), "V0102"),
        malformed(
            "half a pair of UTF-16",
            XML,
            [wide(GOOD, true, false), vec![0, 0xd8]].concat(),
            "V0102",
        ),
        malformed("a document type", XML, with_type(""), "V0103"),
        malformed(
            "a document type from elsewhere",
            XML,
            with_type("SYSTEM 'file:///etc/passwd'"),
            "V0103",
        ),
        malformed(
            "entities of entities",
            XML,
            with_type(&format!("[<!ENTITY e0 'x'>{bomb}]")),
            "V0103",
        ),
        malformed("an undeclared entity", XML, note("&secret;"), "V0110"),
        malformed("an undeclared prefix", XML, note("<p:a/>"), "V0112"),
        malformed(
            "10,000 deep",
            XML,
            note(&("<a>".repeat(10_000) + &"</a>".repeat(10_000))),
            "V0104",
        ),
        malformed("10,000 deep and never closed", XML, note(&"<a>".repeat(10_000)), "V0104"),
        malformed("100,000 attributes", XML, note(&format!("<a{attributes}/>")), "V0105"),
        malformed(
            "a name of 100,000 letters",
            XML,
            note(&format!("<{}/>", "a".repeat(100_000))),
            "V0111",
        ),
        malformed("no XML", XML, b" \r\n ".to_vec(), "V0109"),
        malformed("no XML at all", XML, Vec::new(), "V0109"),
        malformed("no JSON at all", JSON, Vec::new(), "V0109"),
        malformed("half of JSON", JSON, b"{\"order\":".to_vec(), "V0107"),
        malformed("two values of JSON", JSON, format!("{ORDER}{ORDER}").into(), "V0107"),
        malformed("XML under a JSON type", JSON, GOOD.into(), "V0107"),
        malformed("JSON that is no UTF-8", JSON, b"{\"order\":\"\xff\"}".to_vec(), "V0102"),
        malformed("JSON in UTF-16", JSON, wide(ORDER, true, false), "V0102"),
        malformed("a half of a pair in JSON", JSON, br#"{"order":"\ud800"}"#.to_vec(), "V0107"),
        malformed("a member twice", JSON, br#"{"order":1,"order":2}"#.to_vec(), "V0108"),
        malformed(
            "a member twice, deep down, once escaped",
            JSON,
            br#"{"order":[{"ab":1,"\u0061b":2}]}"#.to_vec(),
            "V0108",
        ),
        malformed(
            "JSON 10,000 deep",
            JSON,
            ("[".repeat(10_000) + &"]".repeat(10_000)).into(),
            "V0104",
        ),
        malformed(
            "JSON 10,000 deep and never closed",
            JSON,
            "{\"a\":".repeat(10_000).into(),
            "V0104",
        ),
        (
            "100,000 members that no rule asks for",
            JSON,
            ORDER.replace('}', &format!("{members}}}")).into(),
            202,
            "",
            "",
        ),
        ("a type that is no document", &["content-type: image/png"], GOOD.into(), 415, "F0107", ""),
        ("a type that is none", &["content-type: xml"], GOOD.into(), 415, "F0107", ""),
        ("no type", &[], GOOD.into(), 415, "F0107", ""),
        (
            "a coding",
            &["content-type: application/xml", "content-encoding: gzip"],
            GOOD.into(),
            415,
            "F0107",
            "",
        ),
        (
            "a JSON type by its suffix",
            &["content-type: application/vnd.example.order+json"],
            ORDER.into(),
            415,
            "F0107",
            "V0113",
        ),
        (
            "an XML type by its suffix",
            &["content-type: application/ubl+xml;charset=UTF-8"],
            GOOD.into(),
            415,
            "F0107",
            "V0113",
        ),
        ("an unknown root", XML, b"<Note/>".to_vec(), 422, "F0109", "V0801"),
        (
            "no receiver",
            XML,
            b"<Note xmlns='urn:example:note'><To/></Note>".to_vec(),
            422,
            "F0113",
            "V0804",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_has_its_code_and_the_connection_and_the_memory_are_kept() {
    let serving = Serving::start().await;
    let mut wire = Wire::connect(serving.address).await;
    let mut wrong = Vec::new();
    let mut n_taken = 0;
    for (what, headers, document, status, code, violation) in good().into_iter().chain(broken()) {
        wire.send(&request("POST", "/documents", headers, &document)).await;
        let reply = wire.reply().await;
        n_taken += usize::from(reply.status == 202);
        let found = if reply.status == 202 {
            (202, String::new(), String::new())
        } else {
            let (status, code, ..) = reply.refusal();
            let violation = reply.json()["violations"][0]["code"].as_str().unwrap_or("").to_owned();
            (status, code, violation)
        };
        if found != (status, code.to_owned(), violation.to_owned()) {
            wrong.push(format!("{what}: {found:?} for {status} {code} {violation}"));
        }
        // The same connection takes the next good document.
        wire.send(&request("POST", "/documents", XML, GOOD.as_bytes())).await;
        assert_eq!(wire.reply().await.status, 202, "after {what}");
        n_taken += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(serving.provider.wait_for(n_taken).await.len(), n_taken);
    let peak = serving.peak_kib();
    println!("{n_taken} taken; {} MiB at the fullest", peak / 1024);
    assert!(peak < PEAK_KIB_MAX, "{peak} KiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_large_documents_at_once_leave_memory_bounded() {
    let serving = Serving::start().await;
    let note = |inner: String| GOOD.replace("</Note>", &format!("{inner}</Note>"));
    let numbers = format!("\"many\":[{}1],\"to\"", "1,".repeat(2_200_000));
    // Each takes many times its own size: elements, attributes, values.
    let documents = [
        (XML, note("<a/>".repeat(1_500_000))),
        (XML, note("<a b=''/>".repeat(700_000))),
        (JSON, ORDER.replace("\"to\"", &numbers)),
    ];
    let mut tasks = tokio::task::JoinSet::new();
    for at in 0..18 {
        let (headers, document) = &documents[at % 3];
        let bytes = request("POST", "/documents", headers, document.as_bytes());
        let address = serving.address;
        tasks.spawn(async move {
            let mut wire = Wire::connect(address).await;
            wire.send(&bytes).await;
            wire.reply_within(LARGE_REPLY_WITHIN_S).await.status
        });
    }
    while let Some(status) = tasks.join_next().await {
        assert_eq!(status.unwrap(), 202);
    }
    let peak = serving.peak_kib();
    println!("18 large documents at once: {} MiB at the fullest", peak / 1024);
    assert!(peak < LARGE_PEAK_KIB_MAX, "{peak} KiB");
}

/// A service whose rules compare each element with all before it.
const SLOW_RULES: &str = "#--- services/slow.toml
id = \"dk.cpr/register/slow\"
contract = \"dk.example/slow@1.0.0\"
upstream = [\"http://@A/slow\"]
[[route]]
path = \"/slow\"
#--- contracts/dk.example/slow/1.0.0/contract.toml
id = \"dk.example/slow\"
version = \"1.0.0\"
status = \"in-force\"
title = { en = \"Slow\" }
[[operation]]
name = \"send\"
kind = \"two-way\"
method = \"POST\"
path = \"/send\"
request = { media-type = \"application/xml\", judge = [{ schematron = \"schemas/slow.sch\" }] }
#--- contracts/dk.example/slow/1.0.0/schemas/slow.sch
<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'>
  <pattern><rule context='a'><assert id='S-1' test='every $each in preceding::* satisfies string-length(concat($each, .)) = 0'>x</assert></rule></pattern>
</schema>
";

/// All on one thread: whoever holds it holds up everybody.
#[tokio::test]
async fn a_small_document_that_takes_long_to_judge_holds_up_nobody() {
    let world = world(SLOW_RULES, taken).await;
    let document = format!("<r>{}</r>", "<a/>".repeat(15_000));
    let mut wire = world.wire().await;
    wire.send(&request("POST", "/slow/send", XML, document.as_bytes())).await;
    let slow = wire.reply_within(LARGE_REPLY_WITHIN_S);
    let quick = async {
        for _ in 0..20 {
            assert_eq!(world.post("/plain/x", "{}").await.status, 200);
        }
    };
    tokio::pin!(slow);
    tokio::select! {
        biased;
        reply = &mut slow => panic!("the others were held up: {}", reply.json()),
        () = quick => {}
    }
    let reply = slow.await;
    assert_eq!(reply.refusal().0, 422);
    assert_eq!(reply.json()["violations"][0]["code"], "V0304");
}
