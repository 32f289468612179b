//! Paths of operations that a manifest declares itself.

/// Whether a path is of a template: `{name}` stands for one segment that is not empty.
pub(super) fn path_fits(template: &str, path: &str) -> bool {
    let mut wanted = template.trim_matches('/').split('/');
    let mut found = path.trim_matches('/').split('/');
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == found => {}
            (Some(wanted), Some(found))
                if wanted.starts_with('{') && wanted.ends_with('}') && !found.is_empty() => {}
            _ => return false,
        }
    }
}
