//! A collector of spans: a real OTLP receiver that keeps what it is told, or behaves badly.

mod trace;

pub use trace::{Told, Trace};

use crate::test_certificate::TestCertificate;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message as _;
use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic::{Code, Request, Response, Status};

/// How long a slow one thinks.
const SLOW: Duration = Duration::from_secs(1);

/// What it does with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Keeps the spans.
    Takes,
    /// The same, and answers a moment later.
    TakesSlowly,
    /// Answers with this code.
    Refuses(Code),
    /// Never answers.
    IsSilent,
}

/// A collector on loopback; gone when this is dropped.
#[derive(Debug)]
pub struct Collector {
    endpoint: String,
    desk: Desk,
    serving: JoinHandle<()>,
}

#[derive(Debug, Clone)]
struct Desk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    manner: Manner,
    calls: usize,
    taken: Vec<ExportTraceServiceRequest>,
}

impl Collector {
    /// Takes spans, on a free port.
    ///
    /// # Errors
    /// If there is none.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_at(0, Manner::Takes).await
    }

    /// The same over TLS, for `localhost`.
    ///
    /// # Errors
    /// If no port is free, or the certificate is refused.
    pub async fn start_with_tls(certificate: &TestCertificate) -> anyhow::Result<Self> {
        let identity = Identity::from_pem(&certificate.pem, &certificate.key_pem);
        let server = Server::builder().tls_config(ServerTlsConfig::new().identity(identity))?;
        Self::serve(server, "https://localhost", 0, Manner::Takes).await
    }

    /// The same on this port, in that manner.
    ///
    /// # Errors
    /// If the port is taken.
    pub async fn start_at(port: u16, manner: Manner) -> anyhow::Result<Self> {
        Self::serve(Server::builder(), "http://127.0.0.1", port, manner).await
    }

    async fn serve(mut server: Server, host: &str, port: u16, manner: Manner) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let address = listener.local_addr()?;
        let desk = Desk(Arc::new(Mutex::new(State { manner, calls: 0, taken: Vec::new() })));
        let service = TraceServiceServer::new(desk.clone());
        let serving = server.add_service(service).serve_with_incoming(TcpIncoming::from(listener));
        let serving = tokio::spawn(async move {
            // It serves until it is aborted; a failure shows as a missing span.
            let _ = serving.await;
        });
        Ok(Self { endpoint: format!("{host}:{}", address.port()), desk, serving })
    }

    /// Where it listens, as settings name it.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// How it behaves from now on.
    pub fn behave(&self, manner: Manner) {
        self.desk.with(|state| state.manner = manner);
    }

    /// How often it was called.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.desk.with(|state| state.calls)
    }

    /// Every span it took.
    #[must_use]
    pub fn told(&self) -> Vec<Told> {
        self.desk.with(|state| state.taken.iter().flat_map(trace::read).collect())
    }

    /// Those of one trace, by its id in hexadecimal.
    #[must_use]
    pub fn trace(&self, id: &str) -> Trace {
        Trace::of(self.told().into_iter().filter(|span| span.trace == id).collect())
    }

    /// Every byte it took.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.desk.with(|state| state.taken.iter().flat_map(|request| request.encode_to_vec()).collect())
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Desk {
    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[tonic::async_trait]
impl TraceService for Desk {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let manner = self.with(|state| {
            state.calls += 1;
            if matches!(state.manner, Manner::Takes | Manner::TakesSlowly) {
                state.taken.push(request.into_inner());
            }
            state.manner
        });
        match manner {
            Manner::Takes => Ok(Response::new(ExportTraceServiceResponse::default())),
            Manner::TakesSlowly => {
                sleep(SLOW).await;
                Ok(Response::new(ExportTraceServiceResponse::default()))
            }
            Manner::Refuses(code) => Err(Status::new(code, "as the test wants it")),
            Manner::IsSilent => pending().await,
        }
    }
}
