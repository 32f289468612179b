//! Any sequence of operations on the embedded store does what it does in memory.

use super::*;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    Begin { exchange: u8, key: Option<(u8, u8)>, one_way: bool, at_ms: u64 },
    Finish { exchange: u8, opening: Option<u64>, ending: Ending, answer: bool },
    Refuse { exchange: u8 },
    Take { now_ms: u64, most: usize },
    Defer { exchange: u8, due_ms: u64 },
    Look { exchange: u8 },
}

fn any_step() -> impl Strategy<Value = Step> {
    let exchange = || 0_u8..8;
    let at_ms = || prop_oneof![0_u64..100, IDEMPOTENCY_KEPT_MS..IDEMPOTENCY_KEPT_MS + 100];
    let ending = prop_oneof![
        Just(Ending::Answered),
        Just(Ending::Delivered),
        Just(Ending::Failed),
        Just(Ending::Parked)
    ];
    prop_oneof![
        4 => (exchange(), proptest::option::of((0_u8..3, 0_u8..2)), any::<bool>(), at_ms())
            .prop_map(|(exchange, key, one_way, at_ms)| Step::Begin { exchange, key, one_way, at_ms }),
        4 => (exchange(), proptest::option::weighted(0.1, 0_u64..20), ending, any::<bool>())
            .prop_map(|(exchange, opening, ending, answer)| Step::Finish { exchange, opening, ending, answer }),
        1 => exchange().prop_map(|exchange| Step::Refuse { exchange }),
        2 => (at_ms(), 0_usize..4).prop_map(|(now_ms, most)| Step::Take { now_ms, most }),
        1 => (exchange(), at_ms()).prop_map(|(exchange, due_ms)| Step::Defer { exchange, due_ms }),
        2 => exchange().prop_map(|exchange| Step::Look { exchange }),
    ]
}

/// Takes a step, and says all that could be seen of it.
async fn take(store: &dyn Store, step: &Step) -> String {
    let name = |exchange: &u8| format!("x{exchange}");
    match step {
        Step::Begin { exchange, key, one_way, at_ms } => {
            let mut begin = begin(&name(exchange), *at_ms);
            begin.outbox = one_way.then(|| parcel(*at_ms));
            begin.idempotency = key.map(|(key, message)| idempotency(key, message));
            format!("{:?}", store.begin(begin).await)
        }
        Step::Finish { exchange, opening, ending, answer: with_answer } => {
            let record = store.exchange(name(exchange)).await.unwrap();
            let known = record.map_or(0, |record| record.opening.0);
            let mut closed = finish(&name(exchange), opening.unwrap_or(known), *ending);
            closed.answer =
                with_answer.then(|| (idempotency(0, 0), answer(&name(exchange), known)));
            format!("{:?}", store.finish(closed).await)
        }
        Step::Refuse { exchange } => {
            let closing = closing(&name(exchange), 0, Ending::Refused);
            format!("{:?}", store.refuse(begin(&name(exchange), 1), closing).await)
        }
        Step::Take { now_ms, most } => {
            let taken = store.outbox_take(*now_ms, now_ms + 50, *most).await;
            let taken = taken.map(|taken| {
                let shown = |entry: OutboxEntry| {
                    (entry.exchange, entry.opening, entry.attempts, entry.due_ms, entry.body)
                };
                taken.into_iter().map(shown).collect::<Vec<_>>()
            });
            format!("{taken:?}")
        }
        Step::Defer { exchange, due_ms } => {
            format!("{:?}", store.outbox_defer(name(exchange), 3, *due_ms).await)
        }
        Step::Look { exchange } => {
            let record = store.exchange(name(exchange)).await;
            let (depth, due) = (store.outbox_depth().await, store.outbox_next_due().await);
            format!("{record:?} {depth:?} {due:?} {:?}", store.left_open().await)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn embedded_behaves_as_memory(steps in proptest::collection::vec(any_step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        runtime.block_on(async {
            let memory = Memory::new(key());
            let embedded = open_embedded(folder.path());
            for step in &steps {
                let (expected, seen) = (take(&memory, step).await, take(&embedded, step).await);
                prop_assert_eq!(expected, seen, "{:?}", step);
            }
            let expected = (memory.leaves(0, 999).await.unwrap(), memory.checkpoint().await.unwrap());
            let seen = (embedded.leaves(0, 999).await.unwrap(), embedded.checkpoint().await.unwrap());
            prop_assert_eq!(&expected, &seen);
            embedded.close().await.unwrap();
            let again = open_embedded(folder.path());
            let seen = (again.leaves(0, 999).await.unwrap(), again.checkpoint().await.unwrap());
            prop_assert_eq!(&expected, &seen);
            for exchange in 0..8 {
                let look = Step::Look { exchange };
                let record = memory.exchange(format!("x{exchange}")).await.unwrap();
                prop_assert_eq!(record, again.exchange(format!("x{exchange}")).await.unwrap(), "{:?}", look);
            }
            evidence(&again).await;
            again.close().await.unwrap();
            Ok(())
        })?;
    }
}
