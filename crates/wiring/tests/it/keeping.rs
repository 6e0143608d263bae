//! A connection is opened once, as long as the configuration is the same.

use crate::bench::{Bench, open};
use lamplight_ports::{Connector, ListFunctions};
use std::sync::Arc;

#[cfg(feature = "aws")]
mod aws {
    use super::*;
    use crate::bench::in_region;
    use lamplight_ports::{CallKeys, Connection, ConnectionOverrides};

    const KEY: &str = "[connections.a]\nregion = 'eu-west-1'\n[connections.a.auth.access-key]\n\
                       access_key_id = 'AKIDEXAMPLE00000'\nsecret_access_key = 'count:store/key'\n";

    /// Returns the connection's credentials, which are loaded if necessary.
    async fn credentials(connection: Connection) {
        connection.identity.as_ref().unwrap().credentials().await.unwrap();
    }

    #[tokio::test]
    async fn credentials_are_fetched_once_for_all_who_open_a_connection() {
        let bench = Bench::new(KEY);
        for _ in 0..3 {
            credentials(open(&bench.connections, "a").await.unwrap()).await;
        }
        credentials(open(&bench.connections.clone(), "a").await.unwrap()).await;
        assert_eq!(bench.reads(), 1);
    }

    #[tokio::test]
    async fn a_connection_is_reopened_only_after_a_change() {
        let bench = Bench::new(KEY);
        credentials(open(&bench.connections, "a").await.unwrap()).await;
        bench.rewrite(KEY);
        credentials(open(&bench.connections, "a").await.unwrap()).await;
        assert_eq!(bench.reads(), 1);
        let elsewhere = bench.connections.with_overrides(in_region("us-east-1"));
        for _ in 0..2 {
            credentials(open(&elsewhere, "a").await.unwrap()).await;
        }
        assert_eq!(bench.reads(), 2);
        bench.rewrite(&format!("{KEY}# another text\n"));
        credentials(open(&bench.connections, "a").await.unwrap()).await;
        assert_eq!(bench.reads(), 3);
        bench.rewrite("[connections.a]\nregion = 5\n");
        assert_eq!(
            open(&bench.connections, "a").await.unwrap_err().code,
            lamplight_domain::ErrorCode::InvalidConfig
        );
    }

    #[tokio::test]
    async fn a_connection_with_keys_for_one_call_is_not_cached() {
        let bench = Bench::new(KEY);
        let keys = CallKeys {
            access_key_id: "count:call/id".parse().unwrap(),
            secret_access_key: "count:call/key".parse().unwrap(),
            session_token: None,
        };
        let with_keys = ConnectionOverrides { keys: Some(keys), ..ConnectionOverrides::default() };
        let with_keys = bench.connections.with_overrides(with_keys);
        for reads in [2, 4] {
            credentials(open(&with_keys, "a").await.unwrap()).await;
            assert_eq!(bench.reads(), reads);
        }
        credentials(open(&bench.connections, "a").await.unwrap()).await;
        assert_eq!(bench.reads(), 5);
    }
}

#[tokio::test]
async fn concurrent_callers_share_an_open_connection() {
    let bench = Bench::new("default_connection = 'demo'\n");
    let (first, second) = (open(&bench.connections, "demo"), bench.connections.open(None));
    let (first, second) = tokio::join!(first, second);
    assert!(Arc::ptr_eq(&first.unwrap().invoker, &second.unwrap().invoker));
}

#[tokio::test]
async fn the_store_is_opened_once_for_all_connections() {
    let bench = Bench::with("", lamplight_wiring::Adapters::default(), &[("LAMPLIGHT_DATA_DIR", "data")]);
    let first = bench.connections.store().await.unwrap();
    assert!(Arc::ptr_eq(&first, &bench.connections.clone().store().await.unwrap()));
    let demo = open(&bench.connections, "demo").await.unwrap();
    assert!(!demo.catalogue.list(ListFunctions::default()).await.unwrap().items.is_empty());
}
