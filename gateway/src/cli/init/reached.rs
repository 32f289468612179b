//! Where a described service is reached, and which paths of the gateway lead there.
//!
//! Who calls a SOAP service knows its path from its description, so the gateway answers at the same one.

use crate::config::upstream_fault;
use http::Uri;
use serde::Serialize;
use sluse_contracts::manifest::Language;

/// Where the gateway of a new folder listens for consumers.
pub(super) const GATEWAY: &str = "http://127.0.0.1:8080";
/// The ports on which it listens.
const OWN_PORTS: [u16; 2] = [8080, 9090];

/// A service, as one file of the folder says it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Reached {
    /// Where its provider's system is.
    pub(super) upstream: String,
    /// The paths that lead there.
    pub(super) paths: Vec<String>,
}

/// Why no service can be written, and what to do.
pub(super) type Unreached = (String, &'static str);

/// What to do where no address can be taken.
pub(super) const NAME_IT: &str = "say where the service is reached: --upstream URL";

/// The services of a description, by the addresses that it states and the one that is given.
///
/// The one that is given stands for all of them. One that is an authority alone gets the paths as they come.
pub(super) fn reached(
    language: Language,
    addresses: &[&str],
    given: Option<&str>,
) -> Result<Vec<Reached>, Unreached> {
    let stated = addresses.iter().filter_map(|text| address(text));
    let stated: Vec<(&str, Uri)> = stated.collect();
    match given {
        Some(given) if language != Language::Wsdl => {
            Ok(vec![Reached { upstream: given.to_owned(), paths: vec!["/".to_owned()] }])
        }
        Some(given) => {
            let mut paths = paths(stated.iter().map(|(_, uri)| uri));
            if paths.is_empty() {
                paths.push(address(given).map_or("/".to_owned(), |(_, uri)| uri.path().to_owned()));
            }
            Ok(vec![Reached { upstream: given.to_owned(), paths }])
        }
        None => by_authority(&stated, addresses),
    }
}

/// A service for each authority that the description names.
fn by_authority(stated: &[(&str, Uri)], addresses: &[&str]) -> Result<Vec<Reached>, Unreached> {
    let mut found: Vec<(String, Vec<&(&str, Uri)>)> = Vec::new();
    for each in stated.iter().filter(|(_, uri)| !is_own(uri)) {
        let root = root(&each.1);
        match found.iter_mut().find(|(other, _)| *other == root) {
            Some((_, all)) => all.push(each),
            None => found.push((root, vec![each])),
        }
    }
    if found.is_empty() {
        let why = match (addresses, stated) {
            ([], _) => "the description states no address".to_owned(),
            (_, []) => "the description states no address that can be called".to_owned(),
            (_, [(text, _), ..]) => {
                format!(
                    "the description states the address {text}, where the gateway itself listens"
                )
            }
        };
        return Err((why, NAME_IT));
    }
    let of_all = found.iter().flat_map(|(_, all)| all.iter().map(|(_, uri)| uri));
    let n_paths: usize =
        found.iter().map(|(_, all)| paths(all.iter().map(|(_, uri)| uri)).len()).sum();
    if paths(of_all).len() < n_paths {
        let roots: Vec<&str> = found.iter().map(|(root, _)| root.as_str()).collect();
        let why =
            format!("the description states one path at several places: {}", roots.join(", "));
        return Err((why, NAME_IT));
    }
    let services = found.into_iter().map(|(root, all)| {
        let paths = paths(all.iter().map(|(_, uri)| uri));
        let upstream = match all.first() {
            Some((text, _)) if paths.len() == 1 => (*text).to_owned(),
            _ => root,
        };
        Reached { upstream, paths }
    });
    Ok(services.collect())
}

/// The paths of these, each once.
fn paths<'u>(uris: impl Iterator<Item = &'u Uri>) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for uri in uris {
        let is_same =
            |path: &String| path.trim_end_matches('/') == uri.path().trim_end_matches('/');
        if !paths.iter().any(is_same) {
            paths.push(uri.path().to_owned());
        }
    }
    paths
}

/// An address that can be called, and whose path a route can have.
fn address(text: &str) -> Option<(&str, Uri)> {
    let uri: Uri = text.parse().ok().filter(|_| upstream_fault(text).is_none())?;
    let path = uri.path();
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\"<>`{}".contains(&byte))
        && !path.contains("//")
        && !path.split('/').any(|segment| matches!(segment, "." | ".."));
    plain.then_some((text, uri))
}

/// Scheme and authority.
fn root(uri: &Uri) -> String {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    format!("{}://{authority}", uri.scheme_str().unwrap_or("http"))
}

/// Whether the gateway of the new folder listens there itself: publishers write such addresses to be replaced.
fn is_own(uri: &Uri) -> bool {
    let is_here = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    is_here && uri.port_u16().is_some_and(|port| OWN_PORTS.contains(&port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(addresses: &[&str], given: Option<&str>) -> String {
        match reached(Language::Wsdl, addresses, given) {
            Err((why, _)) => why,
            Ok(services) => {
                let shown = services
                    .iter()
                    .map(|each| format!("{} {}", each.upstream, each.paths.join(" ")));
                shown.collect::<Vec<_>>().join("; ")
            }
        }
    }

    #[test]
    fn services_are_reached_where_their_description_says_or_where_one_is_told() {
        let (a, b, c) = ("http://a.example/x/y", "http://a.example/z", "https://b.example:8443/z/");
        for (addresses, given, expected) in [
            (&[a][..], None, "http://a.example/x/y /x/y"),
            (&[a, a], None, "http://a.example/x/y /x/y"),
            (&[a, b], None, "http://a.example /x/y /z"),
            (&[a, c], None, "http://a.example/x/y /x/y; https://b.example:8443/z/ /z/"),
            (&["https://host/"], None, "https://host/ /"),
            (
                &["http://a.example/z", "http://b.example/z"],
                None,
                "the description states one path at several places: http://a.example, http://b.example",
            ),
            (&[], None, "the description states no address"),
            (
                &["www.a.example/x", "jms:queue"],
                None,
                "the description states no address that can be called",
            ),
            (
                &["https://localhost:8080/x"],
                None,
                "the description states the address https://localhost:8080/x, where the gateway itself listens",
            ),
            (&["https://localhost:8080/x"], Some("http://h:1"), "http://h:1 /x"),
            (&[a, c], Some("http://h:1"), "http://h:1 /x/y /z/"),
            (&[a], Some("http://h/q"), "http://h/q /x/y"),
            (&[], Some("http://h/q"), "http://h/q /q"),
            (&["http://h//a"], Some("http://h"), "http://h /"),
        ] {
            assert_eq!(shown(addresses, given), expected, "{addresses:?} {given:?}");
        }
    }

    #[test]
    fn the_gateways_own_ports_are_those_of_its_settings() {
        let settings = include_str!("../../../init/sluse.toml");
        assert!(settings.contains(GATEWAY.strip_prefix("http://").unwrap()));
        for port in OWN_PORTS {
            assert!(settings.contains(&format!("\"127.0.0.1:{port}\"")), "{port}");
        }
    }
}
