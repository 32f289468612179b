//! What becomes of the messages of a file later: their answers, and how each side finds the other.

use super::*;

/// What a register of persons answers: a person, nobody, nothing that it may answer, or no time.
fn register(seen: &Seen) -> Act {
    let asked = String::from_utf8_lossy(&seen.body).into_owned();
    match () {
        () if asked.contains("0101010101") => answer(200, "application/json", r#"{"name":"Ane"}"#),
        () if asked.contains("0101010102") => answer(404, "application/json", r#"{"who":"none"}"#),
        () if asked.contains("0101010103") => answer(200, "application/json", r#"{"nam":"Bo"}"#),
        () if asked.contains("0101010104") => {
            answer(200, "application/json", r#"{"name":"Kirsten Marie"}"#)
        }
        () => answer(503, "text/plain", "later"),
    }
}

async fn look(world: &World, path: &str) -> Reply {
    world.ask("GET", path, &[], b"").await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_to_a_message_of_a_file_is_translated_back_and_fetched() {
    let world = world(OVER, register).await;
    let ids = ["01010101011", "01010101021", "01010101031", "01010101041", "01010101051"];
    let reply = send(&world, "/files/ask", &file(&ids)).await;
    let told = reply.json();
    assert_eq!((reply.status, &told["accepted"]), (202, &5.into()), "{told}");
    let place =
        |at: usize| format!("/exchanges/{}", told["results"][at]["exchange"].as_str().unwrap());
    let fetch = async |at: usize| look(&world, &format!("{}/answer", place(at))).await;
    let ending = async |at: usize| {
        let (_, closing) = ended(&world, &told["results"][at]["exchange"]).await;
        (closing.ending, closing.status, closing.fault, closing.translated.len())
    };

    assert_eq!(ending(0).await, (Ending::Delivered, Some(200), None, 1));
    let fetched = fetch(0).await;
    assert_eq!(
        (fetched.status, fetched.text().as_str()),
        (200, "S        \nAAne       \nE0000\n"),
        "as the consumer speaks"
    );
    assert_eq!(fetched.exchange(), told["results"][0]["exchange"]);
    let status = look(&world, &place(0)).await.json();
    assert_eq!(status["answer"], format!("{}/answer", place(0)));
    assert_eq!(status["parent"], told["exchange"]);

    // A failure of the provider's own is an answer too, and is not asked again.
    assert_eq!(ending(1).await, (Ending::Delivered, Some(404), None, 0));
    let fetched = fetch(1).await;
    assert_eq!((fetched.status, fetched.text().as_str()), (404, r#"{"who":"none"}"#));

    // What breaks the contract, or cannot be said in the file's format, is held back.
    for (at, code) in [(2, "F0201"), (3, "F0208")] {
        assert_eq!(ending(at).await, (Ending::Failed, Some(502), Some(code.into()), 0));
        let refusal = fetch(at).await.refusal();
        assert_eq!((refusal.0, refusal.1.as_str(), refusal.3.as_str()), (502, code, "unsafe"));
    }

    // What the provider has no time for is asked again, and has no answer yet.
    let fetched = fetch(4).await;
    let due = (404, "F0122".to_owned(), "consumer".to_owned(), "safe".to_owned());
    assert_eq!((fetched.refusal(), fetched.header("retry-after")), (due, Some("1")));
    assert_eq!(look(&world, &place(4)).await.json()["answer"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_tells_its_messages_and_each_of_them_its_file() {
    let world = world(OVER, takes).await;
    let sent = file(&["01010101011", "0101010102x", "01010101031"]);
    let reply = send(&world, "/files/notes", &sent).await;
    let results = reply.json()["results"].clone();
    got(&world, 2).await;
    ended(&world, &results[0]["exchange"]).await;
    ended(&world, &results[2]["exchange"]).await;
    let path = format!("/exchanges/{}", reply.exchange());
    let told = look(&world, &path).await.json();
    let children = told["children"].as_array().unwrap();
    assert_eq!(
        (&told["state"], &told["parent"], children.len()),
        (&"answered".into(), &Value::Null, 3)
    );
    let states: BTreeSet<(&str, &str, Option<&str>)> = children
        .iter()
        .map(|child| {
            let text = |name: &str| child[name].as_str();
            (text("exchange").unwrap(), text("state").unwrap(), text("fault"))
        })
        .collect();
    let id = |at: usize| results[at]["exchange"].as_str().unwrap();
    let due =
        [(id(0), "delivered", None), (id(1), "refused", Some("F0101")), (id(2), "delivered", None)];
    assert_eq!(states, due.into_iter().collect());
    for child in children {
        let told =
            look(&world, &format!("/exchanges/{}", child["exchange"].as_str().unwrap())).await;
        assert_eq!(told.json()["parent"], reply.exchange());
        assert_eq!(told.json()["children"], Value::Null);
    }
    // From one of them on, as where there are more than are told at a time.
    let after = children[0]["receipt"].as_u64().unwrap();
    let rest = look(&world, &format!("{path}?after={after}")).await.json();
    assert_eq!(rest["children"].as_array().unwrap().len(), 2);
    // One-way messages have no answer.
    let fetched = look(&world, &format!("/exchanges/{}/answer", id(0))).await.refusal();
    assert_eq!((fetched.0, fetched.1.as_str(), fetched.3.as_str()), (404, "F0122", "pointless"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_after_a_restart_is_judged_and_kept() {
    let kept = tempfile::tempdir().unwrap();
    let file_of_store = kept.path().join("store.sqlite");
    let key = SigningKey::generate("test").unwrap();
    let store = || embedded(&file_of_store, &key);
    let before = world_with(OVER, store(), |_| answer(503, "text/plain", "later")).await;
    let reply = send(&before, "/files/ask", &file(&["01010101011"])).await;
    let child = reply.json()["results"][0]["exchange"].clone();
    before.provider.wait_for(1).await;
    assert!(before.running.drain().await);
    let World { folder, provider, running, store: closed, .. } = before;
    let address = provider.address;
    drop((provider, running, closed));
    tokio::time::sleep(Duration::from_millis(50)).await;

    let provider = Provider::start_at(address, register).await;
    let world = start(folder, store(), provider).await;
    let (_, closing) = ended(&world, &child).await;
    assert_eq!((closing.ending, closing.status), (Ending::Delivered, Some(200)));
    let place = format!("/exchanges/{}/answer", child.as_str().unwrap());
    assert_eq!(look(&world, &place).await.text(), "S        \nAAne       \nE0000\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_would_rather_not_wait_fetches_its_answer() {
    let world = world("", takes).await;
    let headers =
        ["content-type: application/json", "prefer: respond-async", "idempotency-key: k-1"];
    let ask = async || world.ask("POST", "/v1/ask", &headers, br#"{"id":"0101010101"}"#).await;
    let reply = ask().await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    let place = reply.header("location").unwrap().to_owned();
    let (_, closing) = world.exchange(reply.exchange()).await;
    assert_eq!(closing.verdict.unwrap().outcome, "accepted", "it is judged as any other");
    let fetched = look(&world, &format!("{place}/answer")).await;
    assert_eq!((fetched.status, fetched.text().as_str()), (200, r#"{"name":"Ane"}"#));
    assert_eq!(fetched.header("content-type"), Some("application/json"));
    let again = ask().await;
    assert_eq!((again.status, again.header("location")), (202, Some(&*place)));
    assert_eq!(world.provider.wait_for(1).await.len(), 1);
}
