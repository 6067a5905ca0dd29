//! ASK: one durable insert for every request that waits.

use crate::store::{NewRequest, StoreError};
use sqlx::PgPool;

pub(super) async fn accept(pool: &PgPool, offset: i64, requests: &[NewRequest]) -> Result<(), StoreError> {
    let column = |of: fn(&NewRequest) -> &str| requests.iter().map(of).collect::<Vec<_>>();
    sqlx::query(
        "INSERT INTO reset_requests (id, address_key, key_id, app_id, locale, gateway, network, browser, system,
             device, step, traceparent, accepted_at, state_at)
         SELECT new.*, clock.now, clock.now
         FROM unnest($1::uuid[], $2::bytea[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::text[], $9::text[], $10::text[], $11::smallint[], $12::text[]) AS new,
             (SELECT reset_now($13) AS now) AS clock",
    )
    .bind(requests.iter().map(|one| one.id).collect::<Vec<_>>())
    .bind(requests.iter().map(|one| &one.address_key.0[..]).collect::<Vec<_>>())
    .bind(requests.iter().map(|one| one.key_id).collect::<Vec<_>>())
    .bind(column(|one| &one.app_id))
    .bind(requests.iter().map(|one| one.locale.as_ref().map(ToString::to_string)).collect::<Vec<_>>())
    .bind(column(|one| &one.gateway))
    .bind(requests.iter().map(|one| one.network.as_deref()).collect::<Vec<_>>())
    .bind(column(|one| &one.agent.browser))
    .bind(column(|one| &one.agent.system))
    .bind(column(|one| &one.agent.device))
    .bind(requests.iter().map(|one| i16::from(one.step.number())).collect::<Vec<_>>())
    .bind(column(|one| &one.traceparent))
    .bind(offset)
    .execute(pool)
    .await?;
    Ok(())
}
