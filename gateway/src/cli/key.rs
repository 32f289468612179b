//! `sluse key`: makes keys, and shows the public half of the ledger's.

use super::{Exit, Output};
use crate::{
    config::{process_environment, read_settings, reason},
    store::{KEY_FILE_BYTES_MAX, StorageKey},
};
use serde::Serialize;
use sluse_ledger::{SigningKey, VerifierKey, key::KeyFault};
use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Make keys, and show the public half of the ledger's
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    New(NewArgs),
    Public(PublicArgs),
}

/// Make a key in the configuration's folder keys/; never over one that is there
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse key new signing --config /etc/sluse        keys/signing.pem (Ed25519, PKCS #8)\n  \
    sluse key new storage --secret --config /etc/sluse    keys/storage.key (32 random bytes)\n\n\
    Only its owner may read the file (mode 0600). The public half of a signing key is printed: give it\n\
    to auditors.")]
struct NewArgs {
    /// The file's name, without its ending
    #[arg(value_name = "NAME")]
    name: String,
    /// The configuration folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
    /// 32 random bytes (for storage and pseudonyms) instead of a signing key
    #[arg(long)]
    secret: bool,
    /// The ledger's origin, where the configuration does not say it yet
    #[arg(long, value_name = "ORIGIN", conflicts_with = "secret")]
    origin: Option<String>,
}

/// Show the public half of the ledger's key, for auditors
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse key public --config /etc/sluse > ledger.pub\n  \
    sluse key public signing --config /etc/sluse --pem\n\n\
    The line is a verifier key of C2SP signed-note: origin+hash+base64.")]
struct PublicArgs {
    /// The name of a key in keys/; the one that the configuration names where it is absent
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The configuration folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
    /// The ledger's origin, where the configuration does not say it
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<String>,
    /// As a PEM file instead
    #[arg(long)]
    pem: bool,
}

/// A key, as programs read it.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    public: Option<&'a str>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let done = match &args.command {
        Command::New(args) => new(args, output),
        Command::Public(args) => public(args, output),
    };
    match done {
        Ok(()) => Exit::Fine,
        Err(why) => output.error(why),
    }
}

fn new(args: &NewArgs, output: &mut Output) -> Result<(), String> {
    let (text, public, ending) = if args.secret {
        (StorageKey::new_text().map_err(|fault| fault.to_string())?, None, "key")
    } else {
        let origin = origin(&args.config, args.origin.as_deref())?;
        let key = SigningKey::generate(&origin).map_err(|fault| fault.to_string())?;
        let pem = key.to_pem().map_err(|fault| fault.to_string())?;
        (pem, Some(key.verifier().to_string()), "pem")
    };
    let path = named(&args.config, &args.name, ending)?;
    write_new(&path, &text).map_err(|fault| match fault.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("`{}` is there already; a key is never written over", path.display())
        }
        _ => format!("`{}`: {}", path.display(), reason(&fault)),
    })?;
    let file = path.display().to_string();
    if output.is_json() {
        output.json(&Shown { file: &file, public: public.as_deref() });
    } else {
        if let Some(public) = public {
            output.line(public);
        }
        output.note(format_args!("wrote `{file}`"));
    }
    Ok(())
}

fn public(args: &PublicArgs, output: &mut Output) -> Result<(), String> {
    let path = match &args.name {
        Some(name) => named(&args.config, name, "pem")?,
        None => {
            let settings = read_settings(&args.config, &process_environment);
            settings.map(|settings| settings.ledger.key).ok_or_else(|| no_settings(&args.config))?
        }
    };
    let origin = origin(&args.config, args.origin.as_deref())?;
    let key = read_signing_key(&origin, &path)?;
    let line = key.verifier().to_string();
    if output.is_json() {
        let file = path.display().to_string();
        output.json(&Shown { file: &file, public: Some(&line) });
    } else if args.pem {
        output.raw(key.verifier().to_pem().as_bytes());
    } else {
        output.line(line);
    }
    Ok(())
}

/// Reads a signing key from its file.
pub(super) fn read_signing_key(origin: &str, path: &Path) -> Result<SigningKey, String> {
    let pem = read_text(path)?;
    SigningKey::from_pem(origin, &pem).map_err(|fault| format!("`{}`: {fault}", path.display()))
}

/// A verifier key as it is given: the line itself, or a file that holds it.
pub(super) fn verifier(given: &str) -> Result<VerifierKey, String> {
    if let Ok(key) = given.parse() {
        return Ok(key);
    }
    read_text(Path::new(given))?.parse().map_err(|fault: KeyFault| format!("`{given}`: {fault}"))
}

/// Reads a small text file.
pub(super) fn read_text(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text))
        .map_err(|fault| format!("`{}`: {}", path.display(), reason(&fault)))?;
    Ok(text)
}

pub(super) fn no_settings(config: &Path) -> String {
    format!("`{}` holds no `sluse.toml` that can be read", config.display())
}

fn origin(config: &Path, said: Option<&str>) -> Result<String, String> {
    if let Some(said) = said {
        return Ok(said.to_owned());
    }
    let settings = read_settings(config, &process_environment);
    let settings =
        settings.ok_or_else(|| format!("{}: give the ledger's --origin", no_settings(config)))?;
    Ok(settings.ledger.origin)
}

/// A name becomes a file below `keys`, and cannot leave it.
fn named(config: &Path, name: &str, ending: &str) -> Result<PathBuf, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(fits) {
        return Err("a key's name is letters, digits, `-`, `_` and `.`".to_owned());
    }
    let file = if name.ends_with(&format!(".{ending}")) {
        name.to_owned()
    } else {
        format!("{name}.{ending}")
    };
    Ok(config.join("keys").join(file))
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
