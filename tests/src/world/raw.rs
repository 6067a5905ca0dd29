//! gRPC by hand: for messages, headers and methods that no generated client would send.

use super::{DEADLINE, World};
use bytes::Bytes;
use http::{HeaderMap, Request};
use tokio::net::TcpStream;
use tonic::Status;

impl World {
    /// Calls a method, `/package.Service/Method`, with these headers besides the necessary ones, and this body. There is
    /// no timer but the tests' own.
    pub async fn call_raw(&self, path: &str, headers: &[(&str, &str)], body: Bytes) -> Status {
        tokio::time::timeout(DEADLINE, self.exchange(path, headers, body))
            .await
            .expect("the call is answered in time")
            .expect("the connection holds")
    }

    async fn exchange(&self, path: &str, headers: &[(&str, &str)], body: Bytes) -> Result<Status, h2::Error> {
        let stream = TcpStream::connect(self.deployment.grpc[0]).await.unwrap();
        let (mut client, connection) = h2::client::handshake(stream).await?;
        let connection = tokio::spawn(connection);
        let mut request = Request::post(format!("http://{}{path}", self.deployment.grpc[0]))
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (answer, mut sending) = client.send_request(request.body(()).unwrap(), false)?;
        // A server that has answered already takes no more.
        let _ = sending.send_data(body, true);
        let (head, mut body) = answer.await?.into_parts();
        // An error without a message has its status in the headers.
        if let Some(status) = Status::from_header_map(&head.headers) {
            return Ok(status);
        }
        while let Some(data) = body.data().await {
            body.flow_control().release_capacity(data?.len())?;
        }
        let trailers: HeaderMap = body.trailers().await?.unwrap_or_default();
        connection.abort();
        Ok(Status::from_header_map(&trailers).expect("a call ends with a status"))
    }
}

/// A message with its prefix: not compressed, and so many bytes (gRPC over HTTP/2, "Length-Prefixed-Message").
#[must_use]
pub fn framed(message: &[u8]) -> Bytes {
    let length = u32::try_from(message.len()).unwrap();
    [&[0][..], &length.to_be_bytes(), message].concat().into()
}
