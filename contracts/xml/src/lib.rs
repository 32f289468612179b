//! XML as a compact tree or as a stream: bytes in, names, namespaces, order and places out.
//!
//! The tree is what schemas, rule sets and key expressions read, so it is made once for a message
//! and shared. It is compact (arrays side by side, texts in two buffers) because a message of a few
//! megabytes must not cost ten times that. DTDs are refused: they are the one part of XML that
//! reaches outside the message, and no exchange needs them. What is too large for a tree is read as a
//! stream ([`Reader`]), by the same rules. Every limit is named in [`Limits`].
//!
//! ```
//! use sluse_xml::{Document, Limits};
//!
//! let document = Document::parse(b"<a:x xmlns:a='urn:a' n='1'>t</a:x>", None, &Limits::default())?;
//! let x = document.document_element();
//! assert_eq!((document.namespace(x), document.local(x)), ("urn:a", "x"));
//! assert_eq!(document.attribute(x, "", "n"), Some("1"));
//! assert_eq!(document.path(x), "/a:x[1]");
//! # Ok::<(), sluse_xml::XmlFault>(())
//! ```

mod build;
mod decode;
mod excerpt;
mod fault;
mod limits;
mod names;
mod path;
mod place;
mod prolog;
mod read;
mod reference;
mod scan;
mod scope;
mod seed;
mod start;
mod tree;
mod usual;

#[cfg(test)]
mod tests;

pub use decode::decode;
pub use excerpt::Excerpt;
pub use fault::{FaultKind, XmlFault};
pub use limits::Limits;
pub use names::{first_forbidden, is_ncname};
pub use read::{Attribute, Event, Fed, Position, ReadFault, Reader, Start};
pub use seed::{Seed, SeededHasher};
pub use tree::{Document, NameId, NodeId, NodeKind};

/// The namespace that the prefix `xml` is always bound to (Namespaces in XML 1.0, section 3).
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// The namespace of declarations themselves, which nothing may be bound to (ibid.).
pub const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";
