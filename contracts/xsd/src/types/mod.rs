//! Simple types: lexical spaces, facets and values (XML Schema Part 2).
