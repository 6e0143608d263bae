//! Tokens, links to sign in once, and sessions.

use lamplight_app::{
    AccessPorts, NewToken, authenticate, create_login_link, create_token, find_session, revoke_token,
    sign_in_with_link, sign_in_with_token, sign_out,
};
use lamplight_domain::{Actor, ErrorCode, Role, Scope};
use lamplight_fake_adapter::{ManualClock, MemoryStore, SequentialIds};
use lamplight_ports::{Clock, ExposeSecret};
use std::{sync::Arc, time::Duration};

struct Door {
    ports: AccessPorts,
    clock: Arc<ManualClock>,
    store: MemoryStore,
}

fn door() -> Door {
    let (clock, store) = (Arc::<ManualClock>::default(), MemoryStore::default());
    let ports = AccessPorts {
        access: Arc::new(store.clone()),
        ids: Arc::new(SequentialIds::default()),
        clock: clock.clone(),
    };
    Door { ports, clock, store }
}

fn admin() -> Actor {
    Actor::local_admin("ada")
}

fn deploy(door: &Door) -> NewToken {
    let expires_at = Some(door.clock.now() + Duration::from_hours(24));
    NewToken { name: "deploy".to_owned(), role: Role::Runner, scope: Scope::default(), expires_at }
}

#[tokio::test]
async fn a_token_stands_for_its_actor_until_it_expires_or_is_revoked() {
    let door = door();
    let (token, text) = create_token(&door.ports, &admin(), deploy(&door)).await.unwrap();
    let text = text.expose_secret();
    assert!(text.starts_with(&format!("llt_{}_", token.id)), "{text}");
    assert_eq!(authenticate(&door.ports, text).await.unwrap(), Some(token.actor()));
    let secret = text.rsplit('_').next().unwrap();
    assert!(!format!("{:?}", door.store).contains(secret), "only its hash is stored");
    let mut wrong = text.to_owned();
    let last = wrong.pop().unwrap();
    wrong.push(if last == '0' { '1' } else { '0' });
    for other in [wrong.as_str(), "", "llt_", "llt_x_y", secret, "llt_aaaaaaaaaaaa_00"] {
        assert_eq!(authenticate(&door.ports, other).await.unwrap(), None, "{other}");
    }
    door.clock.advance(Duration::from_hours(24));
    assert_eq!(authenticate(&door.ports, text).await.unwrap(), None);

    let (token, text) = create_token(&door.ports, &admin(), deploy(&door)).await.unwrap();
    revoke_token(&door.ports, &token.id).await.unwrap();
    revoke_token(&door.ports, &token.id).await.unwrap();
    assert_eq!(authenticate(&door.ports, text.expose_secret()).await.unwrap(), None);
    let absent = revoke_token(&door.ports, &"zzzzzzzzzzzz".parse().unwrap()).await.unwrap_err();
    assert_eq!(absent.code(), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_token_needs_a_name_and_a_time_to_come() {
    let door = door();
    for name in ["", "a\nb", &"x".repeat(65)] {
        let new = NewToken { name: name.to_owned(), ..deploy(&door) };
        let error = create_token(&door.ports, &admin(), new).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidSetting, "{name:?}");
    }
    let past = NewToken { expires_at: Some(door.clock.now()), ..deploy(&door) };
    assert!(create_token(&door.ports, &admin(), past).await.is_err());
}

#[tokio::test]
async fn the_last_use_of_a_token_is_noted() {
    let door = door();
    let (token, text) = create_token(&door.ports, &admin(), deploy(&door)).await.unwrap();
    let last = async || door.ports.access.token(&token.id).await.unwrap().unwrap().0.last_used_at;
    assert_eq!(last().await, None);
    authenticate(&door.ports, text.expose_secret()).await.unwrap();
    let first = door.clock.now();
    assert_eq!(last().await, Some(first));
    door.clock.advance(Duration::from_secs(59));
    authenticate(&door.ports, text.expose_secret()).await.unwrap();
    assert_eq!(last().await, Some(first), "not every use is a write");
    door.clock.advance(Duration::from_secs(1));
    authenticate(&door.ports, text.expose_secret()).await.unwrap();
    assert_eq!(last().await, Some(door.clock.now()));
}

#[tokio::test]
async fn a_link_signs_in_once_and_soon() {
    let door = door();
    let link = create_login_link(&door.ports, &admin()).await.unwrap();
    let signed = sign_in_with_link(&door.ports, link.expose_secret()).await.unwrap().unwrap();
    assert_eq!(signed.session.actor, admin());
    assert!(sign_in_with_link(&door.ports, link.expose_secret()).await.unwrap().is_none());
    assert_eq!(find_session(&door.ports, signed.secret.expose_secret()).await.unwrap(), Some(admin()));
    assert_eq!(find_session(&door.ports, link.expose_secret()).await.unwrap(), None);
    sign_out(&door.ports, signed.secret.expose_secret()).await.unwrap();
    sign_out(&door.ports, signed.secret.expose_secret()).await.unwrap();
    assert_eq!(find_session(&door.ports, signed.secret.expose_secret()).await.unwrap(), None);
    let late = create_login_link(&door.ports, &admin()).await.unwrap();
    door.clock.advance(Duration::from_mins(10));
    assert!(sign_in_with_link(&door.ports, late.expose_secret()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_ends_with_its_time_and_with_its_token() {
    let door = door();
    let (token, text) = create_token(&door.ports, &admin(), deploy(&door)).await.unwrap();
    let sign_in = async || sign_in_with_token(&door.ports, text.expose_secret()).await.unwrap();
    let first = sign_in().await.unwrap();
    let actor = async |secret: &str| find_session(&door.ports, secret).await.unwrap();
    assert_eq!(actor(first.secret.expose_secret()).await, Some(token.actor()));
    door.clock.advance(Duration::from_hours(12));
    assert_eq!(actor(first.secret.expose_secret()).await, None);
    let second = sign_in().await.unwrap();
    assert_eq!(second.session.expires_at, token.expires_at.unwrap(), "not later than the token");
    revoke_token(&door.ports, &token.id).await.unwrap();
    assert_eq!(actor(second.secret.expose_secret()).await, None);
    assert!(sign_in().await.is_none());
}
