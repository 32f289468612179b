//! Types: the atomic types of XML Schema, and the sequence types of XPath 2.0 (section 2.5.3).

use sluse_xml::NodeKind;

macro_rules! atom_types {
    ($($name:ident $text:literal : $parent:ident;)*) => {
        /// An atomic type of XML Schema.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum AtomType {
            AnyAtomic,
            $($name,)*
        }

        impl AtomType {
            /// Finds a type of the XML Schema namespace by its local name.
            pub(crate) fn find(local: &str) -> Option<Self> {
                match local {
                    "anyAtomicType" => Some(Self::AnyAtomic),
                    $($text => Some(Self::$name),)*
                    _ => None,
                }
            }

            fn parent(self) -> Option<Self> {
                match self {
                    Self::AnyAtomic => None,
                    $(Self::$name => Some(Self::$parent),)*
                }
            }
        }
    };
}

atom_types! {
    UntypedAtomic "untypedAtomic": AnyAtomic;
    String "string": AnyAtomic;
    NormalizedString "normalizedString": String;
    Token "token": NormalizedString;
    Language "language": Token;
    Nmtoken "NMTOKEN": Token;
    Name "Name": Token;
    Ncname "NCName": Name;
    Id "ID": Ncname;
    Idref "IDREF": Ncname;
    Entity "ENTITY": Ncname;
    Boolean "boolean": AnyAtomic;
    Decimal "decimal": AnyAtomic;
    Integer "integer": Decimal;
    NonPositiveInteger "nonPositiveInteger": Integer;
    NegativeInteger "negativeInteger": NonPositiveInteger;
    Long "long": Integer;
    Int "int": Long;
    Short "short": Int;
    Byte "byte": Short;
    NonNegativeInteger "nonNegativeInteger": Integer;
    UnsignedLong "unsignedLong": NonNegativeInteger;
    UnsignedInt "unsignedInt": UnsignedLong;
    UnsignedShort "unsignedShort": UnsignedInt;
    UnsignedByte "unsignedByte": UnsignedShort;
    PositiveInteger "positiveInteger": NonNegativeInteger;
    Float "float": AnyAtomic;
    Double "double": AnyAtomic;
    Date "date": AnyAtomic;
    DateTime "dateTime": AnyAtomic;
    Time "time": AnyAtomic;
    Duration "duration": AnyAtomic;
    YearMonthDuration "yearMonthDuration": Duration;
    DayTimeDuration "dayTimeDuration": Duration;
    GYear "gYear": AnyAtomic;
    GYearMonth "gYearMonth": AnyAtomic;
    GMonth "gMonth": AnyAtomic;
    GMonthDay "gMonthDay": AnyAtomic;
    GDay "gDay": AnyAtomic;
    HexBinary "hexBinary": AnyAtomic;
    Base64Binary "base64Binary": AnyAtomic;
    AnyUri "anyURI": AnyAtomic;
    QName "QName": AnyAtomic;
    Notation "NOTATION": AnyAtomic;
}

impl AtomType {
    /// Whether this is `other` or derived from it.
    pub(crate) fn derives_from(self, other: Self) -> bool {
        let mut at = Some(self);
        while let Some(each) = at {
            if each == other {
                return true;
            }
            at = each.parent();
        }
        false
    }

    /// The primitive type that it is derived from; integers count as one.
    pub(crate) fn primitive(self) -> Self {
        if self.derives_from(Self::Integer) {
            return Self::Integer;
        }
        if self.derives_from(Self::String) {
            return Self::String;
        }
        self
    }

    /// The bounds of a derived integer type, both inclusive.
    pub(crate) fn bounds(self) -> (i128, i128) {
        let (low, high) = (i128::MIN, i128::MAX);
        match self {
            Self::NonPositiveInteger => (low, 0),
            Self::NegativeInteger => (low, -1),
            Self::Long => (i64::MIN.into(), i64::MAX.into()),
            Self::Int => (i32::MIN.into(), i32::MAX.into()),
            Self::Short => (i16::MIN.into(), i16::MAX.into()),
            Self::Byte => (i8::MIN.into(), i8::MAX.into()),
            Self::NonNegativeInteger => (0, high),
            Self::UnsignedLong => (0, u64::MAX.into()),
            Self::UnsignedInt => (0, u32::MAX.into()),
            Self::UnsignedShort => (0, u16::MAX.into()),
            Self::UnsignedByte => (0, u8::MAX.into()),
            Self::PositiveInteger => (1, high),
            _ => (low, high),
        }
    }
}

/// How many items a sequence type takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Occurs {
    One,
    Optional,
    Any,
    OneOrMore,
}

impl Occurs {
    pub(crate) fn admits(self, count: usize) -> bool {
        match self {
            Self::One => count == 1,
            Self::Optional => count <= 1,
            Self::Any => true,
            Self::OneOrMore => count >= 1,
        }
    }
}

/// The type of one item. A name is an index into the program's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ItemType {
    Item,
    Atomic(AtomType),
    AnyNode,
    Kind(NodeKind, Option<NameTest>),
    /// `element(name, type)` of an unvalidated tree: only `xs:untyped` and `xs:anyType` hold.
    Nothing,
}

/// A test on a name; names are indexes into the program's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum NameTest {
    Name(u32),
    Namespace(u32),
    Local(u32),
    Any,
}

/// A sequence type: what a function takes, or `instance of` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SeqType {
    pub(crate) item: Option<ItemType>,
    pub(crate) occurs: Occurs,
}
