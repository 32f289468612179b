//! The other side: the reference consumer, once for each fault of its list and once for each way of doing the same, called by
//! nobody and calling the provider that a run plays.

use super::{Row, Trouble, failed, verdicts};
use sluse::{
    clock::SystemClock,
    reference::{
        CONTRACT,
        caller::{self, benign::Variant, faults::Fault},
    },
    target::{
        run::{Asked, Bench, Told},
        settings,
        subject::Subject,
    },
};
use sluse_conformance::{Role, RunResult};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{Mutex, mpsc},
    thread,
    time::Instant,
};

/// So many consumers are looked at at the same time: they wait more than they work.
const AT_ONCE: usize = 8;

/// One row for each consumer.
pub(super) fn rows(turns: usize) -> Result<Vec<Row>, Trouble> {
    let subject = Subject::load(CONTRACT, Role::Consumer)
        .map_err(|fault| Trouble::from(format!("the contract: {fault:?}")))?;
    let sound = ("caller-sound".to_owned(), None, Consumer::default());
    let ways = Variant::ALL.iter().map(|way| {
        let consumer = Consumer { way: Some(*way), fault: None };
        (way.word().to_owned(), None, consumer)
    });
    let faults = Fault::ALL.iter().map(|fault| {
        let consumer = Consumer { way: None, fault: Some(*fault) };
        (format!("caller-{}", fault.word()), Some(fault.clause()), consumer)
    });
    let all: Vec<_> = std::iter::once(sound).chain(ways).chain(faults).collect();
    let mut rows = Vec::new();
    for some in all.chunks(AT_ONCE) {
        let found: Vec<Result<Row, Trouble>> = thread::scope(|scope| {
            let running: Vec<_> = some
                .iter()
                .map(|(name, clause, consumer)| {
                    let subject = &subject;
                    scope.spawn(move || row(subject, name, *clause, *consumer, turns))
                })
                .collect();
            let ended = running.into_iter().map(|each| each.join());
            ended.map(|each| each.unwrap_or_else(|_| Err("a run broke down".into()))).collect()
        });
        rows.extend(found.into_iter().collect::<Result<Vec<_>, _>>()?);
    }
    Ok(rows)
}

#[derive(Debug, Clone, Copy, Default)]
struct Consumer {
    way: Option<Variant>,
    fault: Option<Fault>,
}

fn row(
    subject: &Subject,
    name: &str,
    clause: Option<&'static str>,
    consumer: Consumer,
    turns: usize,
) -> Result<Row, Trouble> {
    let began = Instant::now();
    let mut first: Option<RunResult> = None;
    let (mut same, mut requests) = (true, 0);
    for _ in 0..turns.max(1) {
        let (result, sent) = once(subject, consumer)?;
        requests = sent;
        same &= first.as_ref().is_none_or(|first| verdicts(first) == verdicts(&result));
        first.get_or_insert(result);
    }
    let seconds = began.elapsed().as_secs_f64() / turns.max(1) as f64;
    let result = first.ok_or_else(|| Trouble::from("no turn was run".to_owned()))?;
    let (system, failed, outcome) = (name.to_owned(), failed(&result), result.outcome);
    let (schemathesis, prism) = (None, None);
    Ok(Row { system, clause, failed, outcome, same, requests, seconds, schemathesis, prism })
}

/// One day of the consumer.
fn once(subject: &Subject, consumer: Consumer) -> Result<(RunResult, u64), Trouble> {
    let text = format!(
        "contract = \"{CONTRACT}\"\nrole = \"consumer\"\naddress = \"http://127.0.0.1\"\n[system]\nname = \"Office\"\n\
         [limits]\ntime-max-s = 120\n"
    );
    let (supplier, _) = settings::read(settings::FILE, text.as_bytes(), Path::new(""));
    let supplier = supplier.ok_or_else(|| Trouble::from("no supplier's file".to_owned()))?;
    let bench = Bench { supplier: &supplier, subject, environment: &|_| None, clock: &SystemClock };
    let (tells, told) = mpsc::channel();
    let tells = Mutex::new(tells);
    thread::scope(|scope| {
        let calling = scope.spawn(move || {
            let at: SocketAddr = told.recv().map_err(|fault| fault.to_string())?;
            let address = format!("http://{at}").parse().map_err(|_| "no address".to_owned())?;
            let faults = consumer.fault.into_iter().collect();
            let variants = consumer.way.into_iter().collect();
            let options = caller::Options { faults, variants, ..caller::Options::new(address) };
            caller::call(&options).map_err(|fault| fault.to_string())
        });
        let tell = |news: Told<'_>| {
            if let (Told::Listens(at), Ok(tells)) = (news, tells.lock()) {
                // Who waits for it has its own fault to tell.
                let _ = tells.send(at);
            }
        };
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let result = bench.listen(&Asked::default(), at, &tell);
        drop(tells);
        let sent = calling.join().map_err(|_| Trouble::from("a consumer broke down".to_owned()))?;
        Ok((result.map_err(|fault| Trouble::from(fault.to_string()))?, sent?))
    })
}
