//! What is derived from schemas, one part of the language after the other.

use super::{contract, page};
use crate::derive::xsd::documents;

fn schema(content: &str) -> String {
    format!(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='urn:o' xmlns:o='urn:o' targetNamespace='urn:o' \
         elementFormDefault='qualified'>{content}</xs:schema>"
    )
}

fn derived(content: &str) -> String {
    let (one, files) = contract(&schema(content), &[]);
    let plan = documents(&one, &files, None);
    let (again, _) = contract(&schema(content), &[]);
    assert_eq!(plan, documents(&again, &files, None), "the same contract gives the same plan");
    page(&one, &plan)
}

#[test]
fn an_order() {
    insta::assert_snapshot!(derived(
        "<xs:element name='Order'><xs:complexType><xs:sequence>\
         <xs:element name='Id' type='xs:string'/>\
         <xs:element name='Note' type='xs:string' minOccurs='0' nillable='true'/>\
         <xs:choice><xs:element name='Email' type='Email'/><xs:element name='Phone' type='xs:token'/></xs:choice>\
         <xs:element name='Line' maxOccurs='3'><xs:complexType><xs:sequence>\
           <xs:element name='Quantity'><xs:simpleType><xs:restriction base='xs:int'>\
             <xs:minInclusive value='1'/><xs:maxInclusive value='100'/></xs:restriction></xs:simpleType></xs:element>\
           <xs:element name='Unit' type='Unit' minOccurs='0'/></xs:sequence>\
           <xs:attribute name='number' type='xs:positiveInteger' use='required'/>\
           <xs:attribute name='day' type='xs:date'/></xs:complexType></xs:element>\
         </xs:sequence></xs:complexType></xs:element>\
         <xs:simpleType name='Email'><xs:restriction base='xs:string'><xs:maxLength value='12'/>\
           <xs:pattern value='[a-z]+@[a-z]+'/></xs:restriction></xs:simpleType>\
         <xs:simpleType name='Unit'><xs:restriction base='xs:token'><xs:enumeration value='KGM'/>\
           <xs:enumeration value='LTR'/></xs:restriction></xs:simpleType>"
    ));
}

#[test]
fn instances_and_derivation() {
    insta::assert_snapshot!(derived(
        "<xs:element name='Case'><xs:complexType><xs:sequence>\
         <xs:element ref='Party' maxOccurs='unbounded'/>\
         <xs:element name='Address' type='Address'/>\
         <xs:any namespace='##other' processContents='lax' minOccurs='0'/></xs:sequence>\
         <xs:anyAttribute namespace='##other' processContents='strict'/></xs:complexType></xs:element>\
         <xs:element name='Party' type='xs:string' abstract='true'/>\
         <xs:element name='Person' substitutionGroup='Party' type='xs:string'/>\
         <xs:element name='Company' substitutionGroup='Party' type='xs:string'/>\
         <xs:complexType name='Address' abstract='true'><xs:sequence><xs:element name='City' type='xs:string'/></xs:sequence></xs:complexType>\
         <xs:complexType name='Danish'><xs:complexContent><xs:extension base='Address'><xs:sequence>\
           <xs:element name='Zip'><xs:simpleType><xs:restriction base='xs:string'><xs:length value='4'/></xs:restriction></xs:simpleType></xs:element>\
         </xs:sequence></xs:extension></xs:complexContent></xs:complexType>\
         <xs:complexType name='Foreign'><xs:complexContent><xs:extension base='Address'><xs:attribute name='country' type='xs:NCName' use='required'/>\
         </xs:extension></xs:complexContent></xs:complexType>"
    ));
}

#[test]
fn keys_and_values() {
    insta::assert_snapshot!(derived(
        "<xs:element name='Stock'><xs:complexType><xs:sequence>\
         <xs:element name='Item' maxOccurs='unbounded'><xs:complexType><xs:sequence>\
           <xs:element name='Price' minOccurs='0'><xs:simpleType><xs:restriction base='xs:decimal'>\
             <xs:totalDigits value='5'/><xs:fractionDigits value='2'/><xs:minExclusive value='0'/></xs:restriction></xs:simpleType></xs:element>\
           <xs:element name='Tags' minOccurs='0'><xs:simpleType><xs:restriction><xs:simpleType><xs:list itemType='xs:NMTOKEN'/></xs:simpleType>\
             <xs:maxLength value='3'/></xs:restriction></xs:simpleType></xs:element></xs:sequence>\
           <xs:attribute name='no' type='xs:int'/><xs:attribute name='id' type='xs:ID' use='required'/>\
           <xs:attribute name='kind' type='xs:string' fixed='item'/></xs:complexType></xs:element>\
         <xs:element name='Move' minOccurs='0'><xs:complexType><xs:attribute name='of' type='xs:int' use='required'/>\
           <xs:attribute name='see' type='xs:IDREF'/></xs:complexType></xs:element></xs:sequence></xs:complexType>\
         <xs:key name='numbers'><xs:selector xpath='o:Item'/><xs:field xpath='@no'/></xs:key>\
         <xs:keyref name='moves' refer='numbers'><xs:selector xpath='o:Move'/><xs:field xpath='@of'/></xs:keyref>\
         </xs:element>"
    ));
}
