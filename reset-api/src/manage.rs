//! `reset-api accounts …`: the cluster's store and throttle under the commands.

use crate::account::{AccountParts, Accounts};
use crate::accounts_command::{Console, CreateArgs, ImportArgs, ImportParts, create, import};
use crate::config::{CreateSettings, ImportSettings};
use crate::metrics::HeartMetrics;
use crate::password::hasher::Hasher;
use crate::store::postgres::PostgresStore;
use crate::throttle::redis::RedisThrottle;
use common::process::Surroundings;
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
