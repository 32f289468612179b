//! Faults of SOAP as members of problems, and back.

use super::service::{SOAP, document, schema, small};
use crate::soap_json::{Limits, ServiceFault};
use serde_json::json;
use sluse_contracts::schema::soap::SoapVersion;

const DECLARED: &str = "<xs:element name=\"m\" type=\"xs:int\"/><xs:element name=\"missing\"><xs:complexType>\
    <xs:sequence><xs:element name=\"id\" type=\"xs:long\"/></xs:sequence></xs:complexType></xs:element>";

#[test]
fn a_fault_becomes_a_member_and_a_fault_again() {
    let face = small(&schema(DECLARED));
    let text = format!(
        "<s:Envelope xmlns:s=\"{SOAP}\" xmlns:e=\"urn:e\" xmlns=\"urn:t\"><s:Body><s:Fault>\
         <faultcode xmlns=\"\">s:Client.NotFound</faultcode><faultstring xmlns=\"\">no &lt;such&gt; person</faultstring>\
         <detail xmlns=\"\"><missing xmlns=\"urn:t\"><id>7</id></missing><e:more>1</e:more></detail>\
         </s:Fault></s:Body></s:Envelope>"
    );
    let fault = face.fault(&document(&text), &Limits::default()).unwrap();
    let due = json!({
        "code": "Client.NotFound",
        "reason": "no <such> person",
        "detail": [
            { "{urn:t}missing": { "id": "7" } },
            "<e:more xmlns:e=\"urn:e\">1</e:more>",
        ],
    });
    assert_eq!(fault.to_value(), due);
    for version in [SoapVersion::V11, SoapVersion::V12] {
        let again = face.fault_to_soap(version, &fault).unwrap();
        let again = face.fault(&document(&again), &Limits::default()).unwrap();
        assert_eq!(again, fault, "{version:?}");
    }
    assert_eq!(ServiceFault::of_problem(&json!({ "status": 404, "fault": due })), fault);
}

#[test]
fn a_fault_within_the_senders_stays_one_in_soap_1_2() {
    let face = small(&schema(DECLARED));
    let soap = SoapVersion::V12.envelope();
    for (subcode, due) in [("NotFound", "NotFound"), ("e:NotFound", "{urn:e}NotFound")] {
        let text = format!(
            "<s:Envelope xmlns:s=\"{soap}\" xmlns:e=\"urn:e\"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>\
             <s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>\
             <s:Reason><s:Text xml:lang=\"en\">no</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"
        );
        let fault = face.fault(&document(&text), &Limits::default()).unwrap();
        assert_eq!((fault.code.as_str(), fault.of_sender), (due, true));
        let again = face.fault_to_soap(SoapVersion::V12, &fault).unwrap();
        assert_eq!(face.fault(&document(&again), &Limits::default()).unwrap(), fault);
        let problem = json!({ "status": 400, "fault": fault.to_value() });
        assert_eq!(ServiceFault::of_problem(&problem), fault);
    }
}

#[test]
fn a_problem_of_a_json_service_becomes_a_fault() {
    let face = small(&schema(DECLARED));
    let problem =
        json!({ "title": "Not found", "detail": "there is no such person", "status": 404 });
    let fault = ServiceFault::of_problem(&problem);
    assert_eq!((fault.code.as_str(), fault.reason.as_str()), ("Client", "there is no such person"));
    let text = face.fault_to_soap(SoapVersion::V12, &fault).unwrap();
    let read = face.fault(&document(&text), &Limits::default()).unwrap();
    assert_eq!((read.code.as_str(), &read.reason), ("Sender", &fault.reason));
    assert_eq!(ServiceFault::of_problem(&json!(7)).code, "Server");
    // Details that fit nothing are left out, and the fault is still one.
    let fault = ServiceFault { detail: vec![json!(7), json!({ "{urn:x}y": 1 })], ..fault };
    let text = face.fault_to_soap(SoapVersion::V11, &fault).unwrap();
    assert_eq!(
        face.fault(&document(&text), &Limits::default()).unwrap().detail,
        [] as [serde_json::Value; 0]
    );
}

#[test]
fn what_is_no_fault_is_none() {
    let face = small(&schema(DECLARED));
    for body in ["<m xmlns=\"urn:t\">1</m>", "", "<Fault/>"] {
        let text = format!("<s:Envelope xmlns:s=\"{SOAP}\"><s:Body>{body}</s:Body></s:Envelope>");
        assert_eq!(face.fault(&document(&text), &Limits::default()), None, "{body}");
    }
}
