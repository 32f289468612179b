//! What an upstream's address must be.

use http::Uri;

/// Reads an address that can be called: `http` or `https`, a host, maybe a port and a path, nothing else.
pub(super) fn parse(text: &str) -> Result<Uri, &'static str> {
    if text.contains('#') {
        return Err("an upstream has no fragment");
    }
    let uri: Uri = text.parse().map_err(|_| "this is not a URL")?;
    let Some(authority) = uri.authority() else {
        return Err("an upstream is a whole URL, as in https://10.0.0.7/persons");
    };
    match uri.scheme_str() {
        Some("http" | "https") => {}
        _ => return Err("an upstream is called over http or https"),
    }
    if authority.as_str().contains('@') {
        return Err("an upstream holds no user name or password");
    }
    if authority.host().is_empty() {
        return Err("an upstream names a host");
    }
    let port = authority.as_str().rsplit_once(':').filter(|(_, port)| !port.ends_with(']'));
    if port.is_some() && authority.port_u16().is_none_or(|port| port == 0) {
        return Err("an upstream's port lies between 1 and 65535");
    }
    if uri.query().is_some() {
        return Err("an upstream has no query: the request brings its own");
    }
    Ok(uri)
}

/// Why a text is no address of an upstream; nothing where it is one.
pub fn upstream_fault(text: &str) -> Option<&'static str> {
    parse(text).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_can_be_called_and_nothing_else() {
        for good in ["http://127.0.0.1:8101", "https://10.0.0.7/persons", "http://[::1]:80/a/"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/persons",
            "persons.example",
            "ftp://a.example/",
            "http://",
            "http://:80/",
            "http://user:word@a.example/",
            "http://a.example/?x=1",
            "http://a.example/#x",
            "http://a.example:0/",
            "http://a.example:99999/",
            "http://a b/",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
