//! What stands around every call: one frame for the layers, each of which says only what it does.

use http::{Request, Response};
use std::pin::Pin;
use std::task::{Context, Poll};
use tonic::body::Body;
use tower::{Layer, Service};

/// The answer to a call, on its way.
pub(super) type Answer<E> = Pin<Box<dyn Future<Output = Result<Response<Body>, E>> + Send>>;

/// Something that is done around a call.
pub(super) trait Around: Clone {
    /// Has the call done by `inner`, or answers by itself.
    fn around<B, F, E>(&self, request: Request<B>, inner: impl FnOnce(Request<B>) -> F) -> Answer<E>
    where
        F: Future<Output = Result<Response<Body>, E>> + Send + 'static;
}

/// The layer that does it.
#[derive(Debug, Clone)]
pub(super) struct AroundLayer<A>(pub(super) A);

impl<A: Around, S> Layer<S> for AroundLayer<A> {
    type Service = AroundCalls<A, S>;

    fn layer(&self, inner: S) -> Self::Service {
        AroundCalls { around: self.0.clone(), inner }
    }
}

/// A service with something around its calls.
#[derive(Debug, Clone)]
pub(super) struct AroundCalls<A, S> {
    around: A,
    inner: S,
}

impl<A, S, B> Service<Request<B>> for AroundCalls<A, S>
where
    A: Around,
    S: Service<Request<B>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Answer<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        self.around.around(request, |request| self.inner.call(request))
    }
}
