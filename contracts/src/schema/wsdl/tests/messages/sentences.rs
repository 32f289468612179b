//! The sentences in which faults of messages are told.

use super::*;

/// The code, the sentence and the clause of a violation.
fn sentence(each: &Violation) -> String {
    format!("{} {} [{}]", each.code, each.message, each.clause.as_deref().unwrap_or("-"))
}

#[test]
fn says_why_a_message_is_of_no_operation() {
    let operations = "its operations are get, put, one, two, ping, typed, coded, sum";
    for (version, told, inner, wanted) in [
        (
            1,
            REQUEST,
            "<s:Body><t:canary/></s:Body>",
            format!("V0605 no operation of the contract has this body, and none has its action: {operations} [-]"),
        ),
        (
            2,
            REQUEST,
            "<s:Body/>",
            "V0605 the operation `ping` is not bound to SOAP 1.2 [-]".to_owned(),
        ),
        (
            2,
            ANSWER,
            "<s:Body><t:got><t:name>x</t:name></t:got></s:Body>",
            "V0605 the operation `get` is not bound to SOAP 1.2 [-]".to_owned(),
        ),
        (
            1,
            REQUEST,
            "<s:Body><t:shared>x</t:shared></s:Body>",
            "V0605 several operations have this body, and no action says which: it may be of one, two [-]"
                .to_owned(),
        ),
    ] {
        let found = print(&service(), told, &envelope(version, inner), sentence);
        assert_eq!(found, [wanted], "{inner}");
    }
}

#[test]
fn says_what_is_wrong_with_headers_parts_and_faults() {
    for (version, told, inner, wanted) in [
        (
            1,
            REQUEST,
            GET,
            "V0608 the header `who` (namespace urn:h) is missing [-]".to_owned(),
        ),
        (
            1,
            REQUEST,
            "<s:Body><r:sum><first>x</first><second><t:a>1</t:a></second></r:sum></s:Body>",
            "V0203 the value must be a whole number; the type is `int` [service.wsdl#/R/sum]".to_owned(),
        ),
        (
            1,
            REQUEST,
            "<s:Body><r:sum><second/><first>1</first></r:sum></s:Body>",
            "V0607 the part `first` must stand here: parts stand in their order [-]".to_owned(),
        ),
        (
            1,
            REQUEST,
            "<s:Body><r:sum><t:first>1</t:first></r:sum></s:Body>",
            "V0607 the part `first` stands in no namespace [-]".to_owned(),
        ),
        (
            1,
            of("get"),
            "<s:Body><s:Fault><faultstring>x</faultstring><faultcode>s:Client</faultcode></s:Fault></s:Body>",
            "V0610 the elements of a fault stand in their order: faultcode, faultstring, faultactor, detail [-]"
                .to_owned(),
        ),
        (
            1,
            of("get"),
            "<s:Body><s:Fault><faultcode>s:Client</faultcode><faultcode>s:Client</faultcode><faultstring/></s:Fault></s:Body>",
            "V0610 the element stands in the fault more than once [-]".to_owned(),
        ),
    ] {
        let found = print(&service(), told, &envelope(version, inner), sentence);
        assert_eq!(found, [wanted], "{inner}");
    }
}
