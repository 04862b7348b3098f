//! Starts `netc lsp --stdio`: the netc of the path.
use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

struct Netc;

impl zed::Extension for Netc {
    fn new() -> Self {
        Netc
    }

    fn language_server_command(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let command = worktree
            .which("netc")
            .ok_or("`netc` is not on the path: run `npm link` in its folder")?;
        Ok(Command {
            command,
            args: vec!["lsp".into(), "--stdio".into()],
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(Netc);
