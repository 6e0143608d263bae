//! A caller's overrides replace settings of the file, and errors name them as the caller does.
#![cfg(feature = "aws")]

use crate::bench::{Bench, in_region, open};
use lamplight_ports::{ConnectionOverrides, EffectiveSetting, Given, SettingOrigin};
use lamplight_wiring::{Adapters, Connections};

const FILE: &str = "[connections.a]\nregion = 'eu-west-1'\nendpoint_url = 'http://127.0.0.1:9'\n";

fn setting(connections: &Connections, key: &str) -> EffectiveSetting {
    let config = connections.config().unwrap();
    let own = config.connection("a").unwrap();
    let settings = connections.describe(&"a".parse().unwrap(), &own, &config);
    settings.into_iter().find(|setting| setting.key == key).unwrap()
}

#[test]
fn each_setting_says_which_layer_decided() {
    let bench = Bench::with(FILE, Adapters::default(), &[("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:8")]);
    let region = setting(&bench.connections, "region");
    assert_eq!((region.value, region.origin), ("eu-west-1".into(), SettingOrigin::Table(Some("region"))));
    let sts = setting(&bench.connections, "sts_endpoint_url");
    assert_eq!(sts.origin, SettingOrigin::Table(Some("endpoint_url")));
    let elsewhere = bench.connections.with_overrides(in_region("us-east-1"));
    let region = setting(&elsewhere, "region");
    assert_eq!((region.value, region.origin), ("us-east-1".into(), SettingOrigin::Given("the form".into())));
    assert_eq!(setting(&elsewhere, "sts_region").value, "us-east-1");
    bench.rewrite("[connections.a]\n");
    let sts = setting(&bench.connections, "sts_endpoint_url");
    assert_eq!(sts.origin, SettingOrigin::Variable("AWS_ENDPOINT_URL_STS"));
    let region = setting(&bench.connections, "region");
    assert_eq!((region.value.is_null(), region.origin), (true, SettingOrigin::Default));
}

#[tokio::test]
async fn an_invalid_override_is_named_but_not_repeated() {
    let bench = Bench::new(FILE);
    let value = "https://user:hunter2@example.com".to_owned();
    let given = Given { value, given_by: "the field \"address\"".to_owned() };
    let overrides = ConnectionOverrides { endpoint_url: Some(given), ..ConnectionOverrides::default() };
    let error = open(&bench.connections.with_overrides(overrides), "a").await.unwrap_err();
    assert!(error.message.starts_with("the address of the field \"address\" "), "{error:?}");
    assert!(!format!("{error:?}").contains("hunter2"));
}
