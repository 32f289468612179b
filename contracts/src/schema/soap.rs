//! What a description of a SOAP service says of an operation, for those who write its messages anew.

use crate::manifest::XmlName;

/// A version of SOAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SoapVersion {
    /// SOAP 1.1.
    V11,
    /// SOAP 1.2.
    V12,
}

impl SoapVersion {
    /// The namespace of its envelope.
    pub const fn envelope(self) -> &'static str {
        match self {
            Self::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }
}

/// An operation in the first of its bindings.
#[derive(Debug, Clone)]
pub struct SoapOperation<'d> {
    /// Its name in the contract.
    pub name: &'d str,
    /// The version of the envelope.
    pub version: SoapVersion,
    /// What HTTP says in `SOAPAction`, or with SOAP 1.2 in the media type; may be empty.
    pub soap_action: &'d str,
    /// What is asked.
    pub request: SoapSide<'d>,
    /// What is answered; nothing where nothing is.
    pub response: Option<SoapSide<'d>>,
    /// The elements that details of its faults hold.
    pub faults: Vec<&'d XmlName>,
}

/// One direction of an operation.
#[derive(Debug, Clone)]
pub struct SoapSide<'d> {
    /// The elements of the body, in order; nothing where the body is not made of declared elements.
    pub body: Option<&'d [XmlName]>,
    /// The elements of the header that are declared.
    pub headers: Vec<&'d XmlName>,
}
