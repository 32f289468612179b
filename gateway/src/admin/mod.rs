//! The operators' listener: is it alive, can it work, what has it counted.
//!
//! Its routes are ordinary, so it is axum. It is bound to loopback unless the configuration says otherwise.

use crate::app::Gateway;
use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;

const READY_TIMEOUT_MS: u64 = 2_000;
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves until `stop`.
pub async fn serve(gateway: Arc<Gateway>, listener: TcpListener, stop: CancellationToken) {
    let served = axum::serve(listener, routes(gateway))
        .with_graceful_shutdown(async move { stop.cancelled().await });
    if let Err(fault) = served.await {
        tracing::error!(%fault, "the operators' listener stopped");
    }
}

fn routes(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/live", get(live))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .route("/api/status", get(status))
        .route("/api/outbox", get(outbox))
        .route("/api/openapi.json", get(description))
        .with_state(gateway)
}

async fn live() -> &'static str {
    "alive\n"
}

async fn ready(State(gateway): State<Arc<Gateway>>) -> (StatusCode, &'static str) {
    if gateway.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    let limit = Duration::from_millis(READY_TIMEOUT_MS);
    match timeout(limit, gateway.store().ready()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(_)) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "evidence cannot be written\n"),
    }
}

async fn metrics(State(gateway): State<Arc<Gateway>>) -> impl IntoResponse {
    if let Ok(depth) = gateway.store().outbox_depth().await {
        gateway.metrics().outbox(depth.waiting, depth.parked);
    }
    ([(header::CONTENT_TYPE, OPEN_METRICS)], gateway.metrics().to_text())
}

async fn status(State(gateway): State<Arc<Gateway>>) -> Json<Value> {
    let snapshot = gateway.snapshot_full();
    Json(json!({
        "snapshot": snapshot.digest,
        "draining": gateway.is_draining(),
        "members": snapshot.members.len(),
        "services": snapshot.services.len(),
        "routes": snapshot.routes.len(),
        "receivers": snapshot.receivers.len(),
        "exchanges-ended": gateway.metrics().exchanges_ended(),
        "exchanges-under-way": gateway.metrics().exchanges_under_way(),
    }))
}

async fn outbox(State(gateway): State<Arc<Gateway>>) -> Result<Json<Value>, StatusCode> {
    let depth = gateway.store().outbox_depth().await;
    let depth = depth.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(Json(json!({ "waiting": depth.waiting, "parked": depth.parked })))
}

async fn description() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], include_str!("openapi.json"))
}
