//! What widely known schemas declare, for contracts that refer to them by network address alone.
//!
//! Nothing is fetched, and those who publish contracts rarely pack these schemas beside them. They are a
//! few declarations each, written here by what the recommendations say. A file of the contract goes first.

/// A schema of this program.
#[derive(Debug)]
pub(super) struct StandIn {
    pub(super) namespace: &'static str,
    /// The name that it has among the documents of a schema.
    pub(super) path: &'static str,
    pub(super) text: &'static str,
}

/// All of them.
pub(super) const ALL: &[StandIn] = &[
    // WS-I Attachments Profile 1.0, section 4.4.
    StandIn {
        namespace: "http://ws-i.org/profiles/basic/1.1/xsd",
        path: "sluse-swaref.xsd",
        text: r###"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://ws-i.org/profiles/basic/1.1/xsd">
<xs:simpleType name="swaRef"><xs:restriction base="xs:anyURI"/></xs:simpleType></xs:schema>"###,
    },
    // XML-binary Optimized Packaging, section 2.1.
    StandIn {
        namespace: "http://www.w3.org/2004/08/xop/include",
        path: "sluse-xop.xsd",
        text: r###"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="http://www.w3.org/2004/08/xop/include" targetNamespace="http://www.w3.org/2004/08/xop/include" elementFormDefault="qualified">
<xs:element name="Include" type="t:Include"/>
<xs:complexType name="Include"><xs:sequence><xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
<xs:attribute name="href" type="xs:anyURI" use="required"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType></xs:schema>"###,
    },
    // Describing Media Content of Binary Data in XML, section 2.
    StandIn {
        namespace: "http://www.w3.org/2005/05/xmlmime",
        path: "sluse-xmlmime.xsd",
        text: r###"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="http://www.w3.org/2005/05/xmlmime" targetNamespace="http://www.w3.org/2005/05/xmlmime">
<xs:attribute name="contentType"><xs:simpleType><xs:restriction base="xs:string"><xs:minLength value="3"/></xs:restriction></xs:simpleType></xs:attribute>
<xs:attribute name="expectedContentTypes" type="xs:string"/>
<xs:complexType name="base64Binary"><xs:simpleContent><xs:extension base="xs:base64Binary"><xs:attribute ref="t:contentType"/></xs:extension></xs:simpleContent></xs:complexType>
<xs:complexType name="hexBinary"><xs:simpleContent><xs:extension base="xs:hexBinary"><xs:attribute ref="t:contentType"/></xs:extension></xs:simpleContent></xs:complexType></xs:schema>"###,
    },
    // SOAP 1.1, sections 4.1.1 and 4.2.
    StandIn {
        namespace: "http://schemas.xmlsoap.org/soap/envelope/",
        path: "sluse-soap-1.1.xsd",
        text: r###"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="http://schemas.xmlsoap.org/soap/envelope/" targetNamespace="http://schemas.xmlsoap.org/soap/envelope/">
<xs:attribute name="mustUnderstand"><xs:simpleType><xs:restriction base="xs:boolean"><xs:pattern value="0|1"/></xs:restriction></xs:simpleType></xs:attribute>
<xs:attribute name="actor" type="xs:anyURI"/>
<xs:attribute name="encodingStyle"><xs:simpleType><xs:list itemType="xs:anyURI"/></xs:simpleType></xs:attribute></xs:schema>"###,
    },
    // SOAP 1.1, section 5: what descriptions of encoded content refer to. Such content is not judged.
    StandIn {
        namespace: "http://schemas.xmlsoap.org/soap/encoding/",
        path: "sluse-soap-encoding.xsd",
        text: r###"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="http://schemas.xmlsoap.org/soap/encoding/" targetNamespace="http://schemas.xmlsoap.org/soap/encoding/">
<xs:attribute name="arrayType" type="xs:string"/>
<xs:attribute name="offset" type="xs:string"/>
<xs:attribute name="position" type="xs:string"/>
<xs:complexType name="Array"><xs:sequence><xs:any namespace="##any" processContents="lax" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
<xs:attribute ref="t:arrayType"/><xs:attribute ref="t:offset"/><xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType></xs:schema>"###,
    },
    // Web Services Security: SOAP Message Security 1.1, section 4.2.
    StandIn {
        namespace: "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
        path: "sluse-wsu.xsd",
        text: r###"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">
<xs:attribute name="Id" type="xs:ID"/></xs:schema>"###,
    },
];

/// Whether there is one for a namespace.
pub(super) fn is_known(namespace: &str) -> bool {
    ALL.iter().any(|each| each.namespace == namespace)
}
