//! Every operation of Serviceplatformen: what its schema generates comes back from JSON the same, and valid.

use super::{
    instances::{Instance, Service, services},
    service::{canonical, document, json},
};
use crate::soap_json::Limits;
use sluse_contracts::{
    Direction, JudgeOptions, MediaType, Message, Occasion, Outcome, Payload, payload,
};

fn judged(service: &Service, instance: &Instance, envelope: &str) {
    let message = Message::new(MediaType::xml(), envelope.as_bytes().to_vec());
    let read = Payload::parse(&message, &payload::Limits::default()).unwrap();
    let occasion = match instance.direction {
        Direction::Request => Occasion::request(&instance.operation),
        Direction::Response => Occasion::response(&instance.operation),
    };
    let verdict = service.contract.judge(Some(&read), &occasion, &JudgeOptions::default());
    assert_eq!(verdict.outcome, Outcome::Accepted, "{} {verdict:?} {envelope}", service.name);
}

/// All messages of the services of a folder, there and back. Gives how many.
fn check(folder: &str, least: usize) {
    let (mut n_messages, limits) = (0, Limits::default());
    for mut service in services(folder) {
        for instance in service.instances() {
            let Instance { operation, direction, envelope } = &instance;
            let whose = format!("{} {operation} {direction:?} {envelope}", service.name);
            judged(&service, &instance, envelope);
            let read = service.face.to_json(operation, *direction, &document(envelope), &limits);
            let read = read.unwrap_or_else(|fault| panic!("{fault:?} {whose}")).to_string();
            let written = service.face.to_soap(operation, *direction, &json(&read), &limits);
            let written = written.unwrap_or_else(|faults| panic!("{faults:#?} {whose} {read}"));
            judged(&service, &instance, &written.envelope);
            let back = document(&written.envelope);
            assert_eq!(canonical(&back), canonical(&document(envelope)), "{whose} {read}");
            let again = service.face.to_json(operation, *direction, &back, &limits).unwrap();
            assert_eq!(again.to_string(), read, "{whose}");
            n_messages += 1;
        }
    }
    println!("{folder}: {n_messages} messages there and back");
    assert!(n_messages >= least || n_messages == 0, "{folder} {n_messages}");
}

#[test]
fn every_message_of_sf1500_comes_back() {
    check("sf1500-v6", 400);
}

#[test]
fn every_message_of_sf1600_comes_back() {
    check("sf1600", 16);
}

#[test]
fn every_message_of_sf2900_comes_back() {
    check("sf2900", 40);
}

#[test]
fn every_message_of_the_registers_comes_back() {
    check("online-service-contract", 20);
    check("person-base-data-extended-service-contract", 4);
}
