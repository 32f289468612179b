//! The paths of the servers at which operations are offered (OpenAPI 3.1, section 4.8.5).

use super::{reader::At, template::Template};
use std::borrow::Cow;

/// Most paths that the values of one server's variables make.
const PATHS_MAX: usize = 100;

/// The paths of the servers that stand nearest: of an operation, its path, or the description.
pub(super) fn base_paths(levels: [&At<'_>; 3]) -> Vec<Template> {
    let nearest = levels.iter().find(|level| !level.items_of("servers").is_empty());
    let servers = nearest.map(|level| level.items_of("servers")).unwrap_or_default();
    let mut paths: Vec<String> = servers.iter().flat_map(paths).collect();
    paths.retain(|path| !path.is_empty());
    paths.sort();
    paths.dedup();
    paths.iter().filter_map(|path| Template::compile(path)).collect()
}

/// The paths of one server. A variable whose values are listed stands for each of them; one whose
/// values are not stays a parameter.
fn paths(server: &At<'_>) -> Vec<String> {
    let mut urls = vec![server.text("url").unwrap_or_default().to_owned()];
    for (name, variable) in server.members_of("variables") {
        let values = variable.items_of("enum");
        let mut values: Vec<&str> = values.iter().filter_map(|each| each.value.as_str()).collect();
        if values.is_empty() && variable.text("default").is_some_and(|text| text.contains('/')) {
            values.extend(variable.text("default"));
        }
        let braced = format!("{{{name}}}");
        if values.is_empty() || urls.len() * values.len() > PATHS_MAX {
            continue;
        }
        urls = urls
            .iter()
            .flat_map(|url| values.iter().map(|value| url.replace(&braced, value)))
            .collect();
    }
    urls.iter().map(|url| path_of(url).trim_end_matches('/').to_owned()).collect()
}

/// The path of an address, which may be relative to where the description is published.
fn path_of(url: &str) -> Cow<'_, str> {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match url.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|start| rest.get(start..)).unwrap_or("").into(),
        None if url.starts_with("//") => {
            let rest = url.get(2..).unwrap_or_default();
            rest.find('/').and_then(|start| rest.get(start..)).unwrap_or("").into()
        }
        None if url.is_empty() || url.starts_with('/') => url.into(),
        None => format!("/{}", url.trim_start_matches("./")).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn check(servers: &Value) -> String {
        let value = json!({ "servers": servers });
        let at = At { file: String::new(), pointer: String::new(), value: &value };
        let empty = At { value: &Value::Null, ..at.clone() };
        let tried = ["/api/v1/x", "/api/v2/x", "/test/x", "/x"];
        let paths = base_paths([&empty, &empty, &at]);
        let fits = |path: &&&str| paths.iter().any(|base| base.below(path).is_some());
        tried.iter().filter(fits).copied().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_server_has_the_paths_that_its_variables_make() {
        for (servers, expected) in [
            (json!([{"url": "https://example.org/api/v1"}]), "/api/v1/x"),
            (json!([{"url": "https://example.org"}, {"url": "/"}]), ""),
            (json!([{"url": "/api/v2/"}]), "/api/v2/x"),
            (json!([{"url": "api/v2"}]), "/api/v2/x"),
            (json!([{"url": "//example.org/test"}]), "/test/x"),
            (
                json!([{"url": "https://{host}/api/{v}", "variables": {"v": {"default": "v1", "enum": ["v1", "v2"]}}}]),
                "/api/v1/x /api/v2/x",
            ),
            (
                json!([{"url": "https://e.org/{base}", "variables": {"base": {"default": "api/v1"}}}]),
                "/api/v1/x",
            ),
            (
                json!([{"url": "https://e.org/api/{v}", "variables": {"v": {"default": "v1"}}}]),
                "/api/v1/x /api/v2/x",
            ),
        ] {
            assert_eq!(check(&servers), expected, "{servers}");
        }
    }
}
