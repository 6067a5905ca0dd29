//! `reset-api accounts …`, `explain` and `suppressions …`: the cluster's store and throttle under the commands.

use crate::account::{AccountParts, Accounts};
use crate::accounts_command::{Console, CreateArgs, ImportArgs, ImportParts, create, import};
use crate::config::{CreateSettings, ExplainSettings, ImportSettings};
use crate::explain::Explainer;
use crate::explain_command::{ExplainArgs, address, explain};
use crate::metrics::HeartMetrics;
use crate::password::hasher::Hasher;
use crate::store::postgres::PostgresStore;
use crate::suppressions_command::{LiftArgs, Lifting, lift};
use crate::throttle::redis::RedisThrottle;
use common::process::{Surroundings, operator};
use common::redis_link::RedisLink;
use std::process::ExitCode;
use std::sync::Arc;

/// Imports a list; the exit code tells whether lines were refused.
pub(crate) async fn import_list(
    args: &ImportArgs,
    settings: ImportSettings,
    Surroundings { clock, entropy, .. }: Surroundings,
) -> anyhow::Result<ExitCode> {
    let parts = ImportParts {
        store: Arc::new(PostgresStore::new(settings.postgres, clock.clone())?),
        pseudonymiser: Arc::new(settings.pseudonymiser),
        clock,
        entropy,
    };
    let imported = import(args, &parts, Console::standard()).await?;
    Ok(ExitCode::from(imported.exit_code()))
}

/// Creates one account. Redis is asked to start the address's schedule over; without it the account is there all the same.
pub(crate) async fn create_one(
    args: &CreateArgs,
    settings: CreateSettings,
    Surroundings { clock, entropy, .. }: Surroundings,
) -> anyhow::Result<()> {
    let pseudonymiser = Arc::new(settings.import.pseudonymiser);
    let redis = Arc::new(RedisLink::start(settings.redis, entropy.clone()));
    let throttle = RedisThrottle::new(redis, pseudonymiser.clone(), clock.clone(), entropy.clone());
    let brands = Arc::new(settings.brands);
    let accounts = Accounts::new(AccountParts {
        store: Arc::new(PostgresStore::new(settings.import.postgres, clock.clone())?),
        throttle: Arc::new(throttle),
        pseudonymiser,
        metrics: HeartMetrics::silent(&brands),
        brands,
        policy: settings.policy,
        hasher: Arc::new(Hasher::new(settings.hashing, entropy.clone())?),
        clock,
        entropy,
        limits: settings.limits,
    });
    Ok(create(args, &accounts, std::io::stdin(), Console::standard()).await?)
}

/// Explains what became of the mail to an address; the exit code tells whether anything is known of it.
pub(crate) async fn explain_one(
    args: &ExplainArgs,
    settings: ExplainSettings,
    Surroundings { clock, entropy, .. }: Surroundings,
) -> anyhow::Result<ExitCode> {
    let address = address(args)?;
    let pseudonymiser = Arc::new(settings.pseudonymiser);
    let redis = Arc::new(RedisLink::start(settings.redis, entropy.clone()));
    redis.tried().await;
    let explainer = Explainer {
        store: Arc::new(PostgresStore::new(settings.postgres, clock.clone())?),
        throttle: Arc::new(RedisThrottle::new(redis, pseudonymiser.clone(), clock.clone(), entropy.clone())),
        pseudonymiser,
        clock,
        entropy,
    };
    let code = explain(args, &address, &explainer, &operator(), &mut std::io::stdout()).await?;
    Ok(ExitCode::from(code))
}

/// Lets mails go to an address again; the exit code tells whether anything kept them from it.
pub(crate) async fn lift_one(
    args: &LiftArgs,
    settings: ImportSettings,
    Surroundings { clock, entropy, .. }: Surroundings,
) -> anyhow::Result<ExitCode> {
    let store = Arc::new(PostgresStore::new(settings.postgres, clock.clone())?);
    let lifting = Lifting { store, pseudonymiser: settings.pseudonymiser, clock, entropy };
    let code = lift(args, &lifting, &operator(), &mut std::io::stdout()).await?;
    Ok(ExitCode::from(code))
}
