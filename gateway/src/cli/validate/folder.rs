//! How far a schema that is named on a command line may refer: a stranger's schema reads no files but those that
//! were published with it.
//!
//! Publishers keep the files of one standard in folders beside each other (`../common/`), or beside those around
//! them (`../../codelist/`). So the folder of a schema is the contract's, where it stands in one; else the working
//! directory, where the schema is in a folder below it; else two folders above its own. Links are followed as far as
//! they lead to files in there.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Folders above that of a schema which its files may stand in.
const ABOVE: usize = 2;

/// The folder that all files of a schema stand in.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Without links.
    real: Option<PathBuf>,
}

impl Folder {
    /// That of a schema, by its absolute path.
    pub(super) fn of(schema: &Path) -> Self {
        Self::from(schema, env::current_dir().ok().as_deref())
    }

    fn from(schema: &Path, here: Option<&Path>) -> Self {
        let own = schema.parent().unwrap_or(schema);
        let contract = own.ancestors().find(|folder| folder.join("contract.toml").is_file());
        let is_around = |folder: &&Path| own != *folder && own.starts_with(folder);
        let here = here.filter(|here| here.parent().is_some()).filter(is_around);
        let above =
            own.ancestors().take(ABOVE + 1).filter(|folder| folder.parent().is_some()).last();
        let path = contract.or(here).or(above).unwrap_or(own).to_owned();
        let real = fs::canonicalize(&path).ok();
        Self { path, real }
    }

    /// Whether a file stands in it, and leads nowhere else.
    pub(super) fn holds(&self, file: &Path) -> bool {
        let real = fs::canonicalize(file).ok();
        let is_below =
            real.zip(self.real.as_ref()).is_some_and(|(file, real)| file.starts_with(real));
        is_below && file.starts_with(&self.path)
    }

    /// The folder's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A bundle as publishers make them, beside it a file of others, and links in both directions.
    fn bundle() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let path = |path: &str| folder.path().join(path);
        for file in ["std/xsd/maindoc/a.xsd", "std/xsd/common/b.xsd", "std/c.xsd", "d.xsd"] {
            fs::create_dir_all(path(file).parent().unwrap()).unwrap();
            fs::write(path(file), "").unwrap();
        }
        symlink(path("std/xsd/common/b.xsd"), path("std/xsd/maindoc/in.xsd")).unwrap();
        symlink(path("d.xsd"), path("std/xsd/maindoc/out.xsd")).unwrap();
        symlink(folder.path(), path("std/xsd/maindoc/up")).unwrap();
        folder
    }

    fn held(folder: &Folder, root: &Path) -> Vec<&'static str> {
        let files = [
            "std/xsd/maindoc/a.xsd",
            "std/xsd/maindoc/in.xsd",
            "std/xsd/common/b.xsd",
            "std/c.xsd",
            "std/xsd/maindoc/out.xsd",
            "std/xsd/maindoc/up/d.xsd",
            "d.xsd",
            "std/gone.xsd",
        ];
        files.into_iter().filter(|file| folder.holds(&root.join(file))).collect()
    }

    const BUNDLE: &[&str] =
        &["std/xsd/maindoc/a.xsd", "std/xsd/maindoc/in.xsd", "std/xsd/common/b.xsd", "std/c.xsd"];

    #[test]
    fn a_schema_reaches_the_folders_beside_it_and_no_further() {
        let bundle = bundle();
        let root = bundle.path();
        let schema = root.join("std/xsd/maindoc/a.xsd");
        // The working directory elsewhere, the schema's own, and around it.
        for here in [None, Some(Path::new("/")), Some(&*root.join("std/xsd/maindoc"))] {
            assert_eq!(held(&Folder::from(&schema, here), root), BUNDLE, "{here:?}");
        }
        assert_eq!(held(&Folder::from(&schema, Some(&root.join("std"))), root), BUNDLE);
        assert_eq!(held(&Folder::from(&schema, Some(&root.join("std/xsd"))), root), BUNDLE[..3]);
    }

    #[test]
    fn a_schema_of_a_contract_reaches_what_is_in_the_contract() {
        let bundle = bundle();
        let root = bundle.path();
        fs::write(root.join("std/xsd/contract.toml"), "").unwrap();
        let folder = Folder::from(&root.join("std/xsd/maindoc/a.xsd"), Some(root));
        assert_eq!(held(&folder, root), BUNDLE[..3]);
    }
}
