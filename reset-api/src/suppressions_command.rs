//! `reset-api suppressions lift ADDRESS`: mails go to an address again that a mail server had called unknown.

use crate::address_key::Pseudonymiser;
use crate::explain_command::{TypedAddress, actor, typed};
use crate::store::{AuditAction, AuditEntry, Store};
use clap::Subcommand;
use common::address::EmailAddress;
use common::clock::Clock;
use common::entropy::{Entropy, new_id};
use common::process::acting_as;
use std::io::Write;
use std::sync::Arc;

/// The exit code where there was nothing to lift.
const NOTHING_LIFTED: u8 = 3;

/// What to do about addresses that no mail is sent to.
#[derive(Debug, Clone, Subcommand)]
pub enum SuppressionsCommand {
    /// Lets mails go to an address again; exit code 3 where they did already
    Lift(LiftArgs),
}

/// Which address, and who asks.
#[derive(Debug, Clone, clap::Args)]
pub struct LiftArgs {
    /// The address, in any spelling of it
    #[arg(value_name = "ADDRESS", value_parser = typed)]
    pub address: TypedAddress,
    /// Who you are, for the audit trail; else the name the system knows
    #[arg(long, value_name = "NAME")]
    pub operator: Option<String>,
}

/// What lifting stands on.
pub struct Lifting {
    /// Where suppressions are.
    pub store: Arc<dyn Store>,
    /// Makes address keys.
    pub pseudonymiser: Pseudonymiser,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Lifts, and returns the exit code. `user` is who the system says runs it.
///
/// # Errors
/// In one line, without the address: it is none, or the database is away.
pub async fn lift(
    args: &LiftArgs,
    lifting: &Lifting,
    user: &str,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<u8> {
    let address = EmailAddress::parse(&args.address.0)?;
    let key = lifting.pseudonymiser.address_key(&address);
    let entry = AuditEntry {
        id: new_id(&*lifting.entropy, lifting.clock.now()),
        at: None,
        actor: actor(&acting_as(args.operator.as_deref(), user)),
        action: AuditAction::SuppressionLifted,
        address_key: Some(key),
        request_id: None,
        event_id: None,
        detail: String::new(),
    };
    let was_there = lifting.store.lift_suppression(&key, &entry).await?;
    let masked = address.masked();
    if was_there {
        writeln!(out, "{masked}: mails are sent again")?;
        return Ok(0);
    }
    writeln!(out, "{masked}: nothing kept mails from it")?;
    Ok(NOTHING_LIFTED)
}
