//! Every limit with its key, bounds and default: the one place where a default is written.

use super::{Limits, OutboxSettings};
use sluse_contracts::settings::Table;

/// One day, in milliseconds.
const DAY_MS: u64 = 86_400_000;
/// Larger than any disk: the bound of sizes.
const SIZE_MAX: u64 = 1 << 50;

/// A key with its bounds and default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitKey {
    /// The table that it stands in.
    pub table: &'static str,
    /// The key.
    pub key: &'static str,
    /// The least value.
    pub least: u64,
    /// The greatest value.
    pub most: u64,
    /// The value where the key is absent.
    pub default: u64,
}

macro_rules! limits {
    ($type:ident, $table:literal, $all:ident; $($field:ident $key:literal $least:expr, $most:expr, $default:expr;)*) => {
        impl Default for $type {
            fn default() -> Self {
                Self { $($field: $default),* }
            }
        }

        impl $type {
            /// Reads a table; what is absent or wrong keeps its default.
            pub(super) fn read(table: &mut Table<'_>) -> Self {
                let mut all = Self::default();
                $(
                    let found = table.whole($key, $least..=$most);
                    if let Some(Ok(value)) = found.map(TryInto::try_into) {
                        all.$field = value;
                    }
                )*
                all
            }
        }

        #[doc = concat!("The keys of `[", $table, "]`.")]
        pub const $all: &[LimitKey] =
            &[$(LimitKey { table: $table, key: $key, least: $least, most: $most, default: $default }),*];
    };
}

limits! { Limits, "limits", LIMIT_KEYS;
    body_bytes_max "body-bytes-max" 1, SIZE_MAX, 1 << 30;
    body_memory_bytes_max "body-memory-bytes-max" 1, 1 << 30, 1 << 20;
    body_idle_timeout_ms "body-idle-timeout-ms" 1, DAY_MS, 30_000;
    body_timeout_ms "body-timeout-ms" 1, DAY_MS, 3_600_000;
    head_timeout_ms "head-timeout-ms" 1, DAY_MS, 10_000;
    head_bytes_max "head-bytes-max" 1_024, 1 << 20, 65_536;
    headers_max "headers-max" 1, 10_000, 100;
    exchanges_max "exchanges-max" 1, 1_000_000, 1_024;
    connections_max "connections-max" 1, 1_000_000, 10_000;
    connect_timeout_ms "connect-timeout-ms" 1, DAY_MS, 5_000;
    upstream_timeout_ms "upstream-timeout-ms" 1, DAY_MS, 60_000;
    answer_bytes_max "answer-bytes-max" 1, SIZE_MAX, 1 << 30;
    violations_max "violations-max" 1, 1_000_000, 1_000;
    tree_bytes_max "tree-bytes-max" 1, 1 << 40, 256 << 20;
    depth_max "depth-max" 1, 10_000, 1_000;
    attributes_max "attributes-max" 1, 1_000_000, 10_000;
    interchange_messages_max "interchange-messages-max" 1, 1_000_000, 10_000;
    drain_timeout_ms "drain-timeout-ms" 1, DAY_MS, 30_000;
}

impl Limits {
    /// The limits on what is read into memory.
    pub fn payload(&self) -> sluse_contracts::payload::Limits {
        let Self { depth_max, attributes_max, tree_bytes_max, .. } = *self;
        let limits = sluse_contracts::payload::Limits::default();
        let json_depth_max = limits.json_depth_max.min(depth_max);
        sluse_contracts::payload::Limits {
            depth_max,
            json_depth_max,
            attributes_max,
            tree_bytes_max,
            ..limits
        }
    }
}

limits! { OutboxSettings, "outbox", OUTBOX_KEYS;
    tries_max "tries-max" 1, 1_000_000, 72;
    backoff_first_ms "backoff-first-ms" 1, DAY_MS, 1_000;
    backoff_max_ms "backoff-max-ms" 1, DAY_MS, 3_600_000;
    deliveries_max "deliveries-max" 1, 10_000, 32;
    message_bytes_max "message-bytes-max" 1, 512 << 20, 64 << 20;
}
