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
    /// Where it is declared, as clauses name it: `service.wsdl#/PortType/operation`.
    pub place: &'d str,
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
    /// What the body is made of.
    pub content: SoapContent<'d>,
    /// The elements of the header that are declared.
    pub headers: Vec<&'d XmlName>,
}

/// What a body is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoapContent<'d> {
    /// These elements, in this order.
    Elements(&'d [XmlName]),
    /// Content of this type, in the body itself.
    Typed(&'d XmlName),
    /// An element that wraps one for each part (WSDL 1.1, section 3.5): by its name, and by its element or type.
    Wrapped {
        /// The wrapper.
        wrapper: &'d XmlName,
        /// The parts in order.
        parts: Vec<(&'d str, SoapPart<'d>)>,
    },
    /// Encoded content, which no schema judges.
    Encoded,
}

/// What a part of a wrapper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoapPart<'d> {
    /// A declared element.
    Element(&'d XmlName),
    /// An element without a namespace, named as the part, of this type.
    Type(&'d XmlName),
}
