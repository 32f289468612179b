//! A panic anywhere: its place is told and its message is not, and the exchange is closed all the same.

use crate::world::{Act, answer, world};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body::{Body, Frame};
use sluse::{listen::edge, pipeline::Caller};
use sluse_ledger::leaf::Ending;
use std::{
    convert::Infallible,
    pin::Pin,
    process::Command,
    sync::Arc,
    task::{Context, Poll},
};

const CANARY: &str = "KANARIE77";

/// Set in the process that breaks down on purpose.
const BREAK: &str = "SLUSE_TEST_BREAK_DOWN";

fn break_down() {
    sluse::panics::install();
    let thread = std::thread::Builder::new().name(CANARY.to_owned());
    let ended = thread.spawn(|| panic!("the value {CANARY} cannot be")).unwrap().join();
    assert!(ended.is_err());
    assert_eq!(sluse::panics::caught(|| "fine"), Some("fine"));
    assert_eq!(sluse::panics::caught(|| -> u8 { panic!("{CANARY}") }), None);
}

#[test]
fn a_panic_tells_its_place_and_nothing_of_what_it_says() {
    if std::env::var_os(BREAK).is_some() {
        return break_down();
    }
    // A hook is of the whole process, so the same test runs again in one of its own.
    let own = std::env::current_exe().unwrap();
    let name = "panics::a_panic_tells_its_place_and_nothing_of_what_it_says";
    let again = ["--exact", name, "--nocapture"];
    let done = Command::new(own).args(again).env(BREAK, "1").output();
    let done = done.unwrap();
    let said = [done.stdout, done.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(done.status.success(), "{said:?}");
    assert_eq!(said[1].matches("a panic at ").count(), 2, "{said:?}");
    assert!(said[1].contains("tests/it/panics.rs:"), "{said:?}");
    assert!(!said.concat().contains(CANARY), "{said:?}");
}

/// A body that begins well and then breaks the program.
struct Breaking(bool);

impl Body for Breaking {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        assert!(!self.0, "a fault of the program, after {CANARY}");
        self.0 = true;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"{\"id\"")))))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_that_breaks_down_is_told_and_closed_and_leaves_room() {
    let act = |_: &_| -> Act { answer(200, "application/json", r#"{"name":"Ane"}"#) };
    let world = world(&crate::world::limits("exchanges-max = 1"), act).await;
    for _ in 0..3 {
        let request = Request::post("/v1/ask").header("host", "gateway.example");
        let request = request.header("content-type", "application/json");
        let request = request.body(Breaking(false)).unwrap();
        let caller = Caller::Named("dk.example/office".parse().unwrap());
        let gateway = Arc::clone(&world.running.gateway);
        let answer = edge::serve(gateway, caller, request).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let id = answer.headers()["sluse-exchange"].to_str().unwrap().to_owned();
        let (opening, closing) = world.exchange(&id).await;
        assert_eq!(opening.consumer, "dk.example/office");
        assert_eq!((closing.ending, closing.fault.as_deref()), (Ending::Refused, Some("F0304")));
    }
    assert!(world.provider.seen().is_empty());
    assert_eq!(world.post("/v1/ask", r#"{"id":"1"}"#).await.status, 200, "and the next one passes");
}
