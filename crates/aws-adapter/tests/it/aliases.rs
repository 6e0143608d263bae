//! Aliases: the exact request of each operation, and the result for its answer.

use crate::manage::{
    ARN, REVISION, absent, adder, answers, create_alias, elsewhere, encoded, lambda, made, only_request,
    routing, update_alias,
};
use lamplight_domain::{Alias, ErrorCode, FunctionRef, Routing};
use lamplight_ports::{CreateAlias, Effect, ListAliases, Page, PortErrorKind, UpdateAlias};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

fn described() -> Value {
    json!({
        "AliasArn": format!("{ARN}:live"),
        "Name": "live",
        "FunctionVersion": "3",
        "Description": "what callers use",
        "RoutingConfig": {"AdditionalVersionWeights": {"4": 0.1}},
        "RevisionId": REVISION,
    })
}

fn live() -> Alias {
    Alias {
        name: "live".to_owned(),
        reference: format!("{ARN}:live"),
        version: "3".to_owned(),
        description: Some("what callers use".to_owned()),
        routing: routing(&[("4", 0.1)]),
        revision: Some(REVISION.to_owned()),
    }
}

fn path(beneath: &str) -> String {
    format!("/2015-03-31/functions/{}/aliases{beneath}", encoded(ARN))
}

#[tokio::test]
async fn an_alias_is_made_with_all_that_can_be_set() {
    let (server, management) = lambda(answers(&described())).await;
    let request = CreateAlias {
        description: Some("what callers use".to_owned()),
        routing: routing(&[("4", 0.1)]),
        ..create_alias()
    };
    assert_eq!(made(management.aliases.create(request, Effect::Make).await.unwrap()), live());
    assert_eq!(
        only_request(&server).await,
        (
            "POST".to_owned(),
            path(""),
            json!({
                "Name": "live",
                "FunctionVersion": "3",
                "Description": "what callers use",
                "RoutingConfig": {"AdditionalVersionWeights": {"4": 0.1}},
            })
        )
    );
}

#[tokio::test]
async fn unset_options_are_not_sent() {
    let (server, management) = lambda(answers(&described())).await;
    made(management.aliases.create(create_alias(), Effect::Make).await.unwrap());
    assert_eq!(only_request(&server).await.2, json!({"Name": "live", "FunctionVersion": "3"}));

    let (server, management) = lambda(answers(&described())).await;
    made(management.aliases.update(update_alias(), Effect::Make).await.unwrap());
    assert_eq!(only_request(&server).await.2, json!({}));
}

#[tokio::test]
async fn an_alias_update_sends_the_expected_revision() {
    let (server, management) = lambda(answers(&described())).await;
    let request = UpdateAlias {
        version: Some("5".to_owned()),
        description: Some(String::new()),
        routing: Some(routing(&[("6", 0.25)])),
        if_revision: Some(REVISION.to_owned()),
        ..update_alias()
    };
    assert_eq!(made(management.aliases.update(request, Effect::Make).await.unwrap()), live());
    assert_eq!(
        only_request(&server).await,
        (
            "PUT".to_owned(),
            path("/live"),
            json!({
                "FunctionVersion": "5",
                "Description": "",
                "RoutingConfig": {"AdditionalVersionWeights": {"6": 0.25}},
                "RevisionId": REVISION,
            })
        )
    );
}

#[tokio::test]
async fn an_empty_routing_removes_the_weights() {
    let (server, management) = lambda(answers(&described())).await;
    let request = UpdateAlias { routing: Some(Routing::new()), ..update_alias() };
    made(management.aliases.update(request, Effect::Make).await.unwrap());
    assert_eq!(only_request(&server).await.2, json!({"RoutingConfig": {"AdditionalVersionWeights": {}}}));
}

#[tokio::test]
async fn an_alias_is_read_by_the_functions_name_too() {
    let (server, management) = lambda(answers(&described())).await;
    let by_name = FunctionRef::by_name("adder".parse().unwrap());
    assert_eq!(management.aliases.get(&by_name, "live").await.unwrap(), Some(live()));
    let path = "/2015-03-31/functions/adder/aliases/live".to_owned();
    assert_eq!(only_request(&server).await, ("GET".to_owned(), path, Value::Null));
}

#[tokio::test]
async fn fields_that_lambda_leaves_out_are_none() {
    for routing in [json!(null), json!({}), json!({"AdditionalVersionWeights": {}})] {
        let body = json!({
            "Name": "live", "FunctionVersion": "$LATEST", "Description": "", "RoutingConfig": routing,
        });
        let (_server, management) = lambda(answers(&body)).await;
        let found = management.aliases.get(&adder(), "live").await.unwrap().unwrap();
        assert_eq!((found.version.as_str(), found.description, found.revision), ("$LATEST", None, None));
        assert_eq!(found.routing, Routing::new());
    }
}

#[tokio::test]
async fn only_an_answer_from_lambda_proves_absence() {
    let (_server, management) = lambda(absent()).await;
    assert_eq!(management.aliases.get(&adder(), "live").await.unwrap(), None);
    let (_server, management) = lambda(elsewhere()).await;
    let error = management.aliases.get(&adder(), "live").await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer));
}

#[tokio::test]
async fn a_refusal_names_alias_and_permission() {
    let refusal = ResponseTemplate::new(403)
        .insert_header("x-amzn-errortype", "AccessDeniedException")
        .set_body_json(json!({"Message": "no"}));
    let (_server, management) = lambda(refusal).await;
    let error = management.aliases.get(&adder(), "live").await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Denied, ErrorCode::AccessDenied));
    assert_eq!(error.message, format!("the caller is not authorized to perform lambda:GetAlias on {ARN}"));
}

#[tokio::test]
async fn aliases_are_listed_in_pages() {
    let body = json!({"Aliases": [described(), {"Name": "old", "FunctionVersion": "1"}], "NextMarker": "m2"});
    let (server, management) = lambda(answers(&body)).await;
    let request = ListAliases {
        function: adder(),
        version: Some("3".to_owned()),
        marker: Some("m 1".to_owned()),
        page_size: Some(10_000),
    };
    let page = management.aliases.list(request).await.unwrap();
    assert_eq!(page.items[0], live());
    assert_eq!(page.items[1].name, "old");
    assert_eq!((page.items.len(), page.next_marker.as_deref()), (2, Some("m2")));
    let query = "?FunctionVersion=3&Marker=m%201&MaxItems=10000";
    assert_eq!(only_request(&server).await, ("GET".to_owned(), path(query), Value::Null));
}

#[tokio::test]
async fn the_last_page_has_no_marker() {
    for body in [
        json!({"Aliases": []}),
        json!({"Aliases": [], "NextMarker": ""}),
        json!({"Aliases": [], "NextMarker": null}),
    ] {
        let (server, management) = lambda(answers(&body)).await;
        let request = ListAliases { function: adder(), version: None, marker: None, page_size: None };
        let page = management.aliases.list(request).await.unwrap();
        assert_eq!(page, Page { items: Vec::new(), next_marker: None });
        assert_eq!(only_request(&server).await.1, path(""));
    }
}

#[tokio::test]
async fn an_alias_without_name_or_version_is_refused() {
    for body in [
        json!({"FunctionVersion": "3"}),
        json!({"Name": "live"}),
        json!({"Name": "", "FunctionVersion": "3"}),
    ] {
        let (_server, management) = lambda(answers(&body)).await;
        let error = management.aliases.get(&adder(), "live").await.unwrap_err();
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer));
    }
}

#[tokio::test]
async fn an_alias_is_deleted() {
    let (server, management) = lambda(crate::support::marked(204)).await;
    made(management.aliases.delete(&adder(), "live", Effect::Make).await.unwrap());
    assert_eq!(only_request(&server).await, ("DELETE".to_owned(), path("/live"), Value::Null));
}
