//! ASK: one durable insert for every request that waits.

use super::Transaction;
use crate::store::{NewRequest, StoreError};

pub(super) async fn accept(
    tx: &mut Transaction,
    now: i64,
    requests: &[NewRequest],
) -> Result<(), StoreError> {
    for one in requests {
        sqlx::query(
            "INSERT INTO reset_requests (id, accepted_at, address_key, key_id, app_id, locale, gateway, network, browser,
                 system, device, step, traceparent, state_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?2)",
        )
        .bind(one.id)
        .bind(now)
        .bind(&one.address_key.0[..])
        .bind(one.key_id)
        .bind(&one.app_id)
        .bind(one.locale.as_ref().map(ToString::to_string))
        .bind(&one.gateway)
        .bind(&one.network)
        .bind(&one.agent.browser)
        .bind(&one.agent.system)
        .bind(&one.agent.device)
        .bind(one.step.number())
        .bind(&one.traceparent)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
