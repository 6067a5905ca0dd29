//! Roles: which callers may call which service.
//!
//! A caller without a certificate is anonymous, and may do what `grpc.anonymous_roles` says. Whoever a caller is and what
//! it may do is decided in [`Roles::caller`] alone, and goes with the call to the service as its [`Caller`].

use super::ANONYMOUS;
use super::around::{Answer, Around};
use super::status::role_missing;
use crate::network::ClientNetwork;
use crate::store::Actor;
use http::{Extensions, Request, Response};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use tonic::body::Body;
use tonic::transport::server::TcpConnectInfo;

/// What a caller is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// An app's gateway: asks for links, and completes resets.
    Gateway,
    /// The account system: creates, changes and checks accounts.
    Accounts,
    /// Support: looks what became of a mail.
    Support,
}

/// There is no such role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the roles are gateway, accounts and support")]
pub struct UnknownRole;

impl Role {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Gateway, Self::Accounts, Self::Support];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Accounts => "accounts",
            Self::Support => "support",
        }
    }

    /// The role that a method asks for. Health and reflection ask for none; a method that nobody serves needs none to be
    /// told so.
    fn for_path(path: &str) -> Option<Self> {
        let service = path.strip_prefix("/passwordreset.v1.")?.split('/').next()?;
        match service {
            "PasswordResetService" => Some(Self::Gateway),
            "AccountService" => Some(Self::Accounts),
            "SupportService" => Some(Self::Support),
            _ => None,
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.name() == name).ok_or(UnknownRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who calls, as it stands in the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    name: &'static str,
    network: Option<String>,
}

impl Caller {
    /// The caller of this call, which the layer has let through.
    pub(super) fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or(Self { name: ANONYMOUS, network: None })
    }

    /// The caller as it acts in a role.
    pub(super) fn acting_as(self, role: Role) -> Actor {
        Actor { role: role.name().to_owned(), name: self.name.to_owned(), network: self.network }
    }
}

/// Lets each caller do what its roles say.
#[derive(Debug, Clone)]
pub(super) struct Roles {
    pub(super) anonymous: BTreeSet<Role>,
}

impl Roles {
    /// Who is at the other end of this call's connection, and its roles.
    fn caller(&self, extensions: &Extensions) -> (Caller, &BTreeSet<Role>) {
        let peer = extensions.get::<TcpConnectInfo>().and_then(TcpConnectInfo::remote_addr);
        let network = peer.map(|peer| ClientNetwork::of(peer.ip()).to_string());
        (Caller { name: ANONYMOUS, network }, &self.anonymous)
    }
}

impl Around for Roles {
    fn around<B, F, E>(&self, mut request: Request<B>, inner: impl FnOnce(Request<B>) -> F) -> Answer<E>
    where
        F: Future<Output = Result<Response<Body>, E>> + Send + 'static,
    {
        let (caller, roles) = self.caller(request.extensions());
        let needed = Role::for_path(request.uri().path());
        if needed.is_some_and(|role| !roles.contains(&role)) {
            return Box::pin(async { Ok(role_missing().into_http()) });
        }
        request.extensions_mut().insert(caller);
        Box::pin(inner(request))
    }
}

#[cfg(test)]
mod tests {
    use super::super::around::AroundLayer;
    use super::*;
    use prost::Message as _;
    use std::convert::Infallible;
    use tonic::{Code, Status};
    use tower::{Layer as _, Service as _, service_fn};

    async fn call(roles: &[Role], path: &str) -> Option<Code> {
        let inner = service_fn(async |request: Request<()>| {
            assert!(request.extensions().get::<Caller>().is_some(), "it is told who calls");
            Ok::<_, Infallible>(Response::new(Body::empty()))
        });
        let roles = Roles { anonymous: roles.iter().copied().collect() };
        let request = Request::builder().uri(path).body(()).unwrap();
        let answered = AroundLayer(roles).layer(inner).call(request).await.unwrap();
        Status::from_header_map(answered.headers()).map(|status| status.code())
    }

    #[tokio::test]
    async fn each_service_is_for_its_role_alone() {
        for (role, path) in [
            (Role::Gateway, "/passwordreset.v1.PasswordResetService/RequestReset"),
            (Role::Accounts, "/passwordreset.v1.AccountService/VerifyPassword"),
            (Role::Support, "/passwordreset.v1.SupportService/ExplainDelivery"),
        ] {
            assert_eq!(call(&[role], path).await, None, "{path}");
            let others: Vec<_> = Role::ALL.into_iter().filter(|other| *other != role).collect();
            assert_eq!(call(&others, path).await, Some(Code::PermissionDenied), "{path}");
        }
        for path in ["/grpc.health.v1.Health/Check", "/passwordreset.v1.Other/Method", "/passwordreset.v1."] {
            assert_eq!(call(&[], path).await, None, "{path}");
        }
    }

    #[test]
    fn every_service_that_is_served_asks_for_a_role() {
        let files = prost_types::FileDescriptorSet::decode(proto::PUBLIC_DESCRIPTOR_SET).unwrap().file;
        let ours = files.iter().filter(|file| file.package() == "passwordreset.v1");
        let services: Vec<_> = ours.flat_map(|file| &file.service).collect();
        assert!(services.len() >= 3);
        for service in services {
            let path = format!("/passwordreset.v1.{}/Method", service.name());
            assert!(Role::for_path(&path).is_some(), "{path}");
        }
    }

    #[test]
    fn a_role_is_read_by_its_name() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
        }
        for wrong in ["", "Support", "admin", "support "] {
            assert_eq!(wrong.parse::<Role>(), Err(UnknownRole));
        }
    }
}
