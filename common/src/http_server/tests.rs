use super::*;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
/// Time is the runtime's and passes as soon as nothing else can be done, so no test waits for it.
const LONG: Duration = Duration::from_secs(3_600);

struct Served {
    address: SocketAddr,
    shutdown: Shutdown,
    serving: tokio::task::JoinHandle<()>,
}

impl Served {
    async fn with_places(most: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let big = || async { vec![b'x'; 64 << 20] };
        let peer = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
        let router = Router::new().route("/", get(peer)).route("/big", get(big));
        let shutdown = Shutdown::new();
        let serving = tokio::spawn(serve(listener, most, router, shutdown.clone()));
        Self { address, shutdown, serving }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// How long a client is kept that says this and nothing more, and reads what comes.
    async fn keeps(&self, said: &[u8]) -> Duration {
        let mut client = self.connect().await;
        let begun = Instant::now();
        client.write_all(said).await.unwrap();
        timeout(LONG, until_closed(&mut client)).await.expect("it is kept");
        begun.elapsed()
    }
}

async fn until_closed(client: &mut TcpStream) {
    let mut read = vec![0; 1 << 16];
    while client.read(&mut read).await.is_ok_and(|bytes| bytes > 0) {}
}

async fn is_answered(client: &mut TcpStream) -> bool {
    client.write_all(REQUEST).await.unwrap();
    let mut read = [0; 12];
    let answered = timeout(Duration::from_secs(5), client.read_exact(&mut read)).await;
    answered.is_ok_and(|read| read.is_ok()) && read == *b"HTTP/1.1 200"
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_get_to_the_end_of_a_request_is_let_go() {
    let served = Served::with_places(8).await;
    let half_a_head = &REQUEST[..REQUEST.len() - 2];
    let a_long_half = [half_a_head, b"X: ", &[b'y'; 1_000][..]].concat();
    for said in [&b""[..], b"G", half_a_head, &a_long_half, &PREFACE[..10], &PREFACE[..23]] {
        let kept = served.keeps(said).await;
        assert!(kept <= HEAD_WITHIN + Duration::from_secs(1), "{kept:?} after {said:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_has_nothing_more_to_say_is_let_go() {
    let served = Served::with_places(8).await;
    assert!(served.keeps(REQUEST).await <= HEAD_WITHIN + Duration::from_secs(1));
    let silent = served.keeps(&[PREFACE, SETTINGS].concat()).await;
    assert!(silent <= KEEPALIVE + KEEPALIVE_TIMEOUT + Duration::from_secs(1), "{silent:?}");
}

#[tokio::test(start_paused = true)]
async fn dripping_gains_no_time() {
    let served = Served::with_places(8).await;
    for said in [PREFACE, REQUEST] {
        let (mut client, begun) = (served.connect().await, Instant::now());
        for byte in &said[..said.len() - 1] {
            if client.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
        until_closed(&mut client).await;
        assert!(begun.elapsed() < Duration::from_secs(3 * said.len() as u64), "{:?}", begun.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_takes_nothing_of_an_answer_is_let_go() {
    let served = Served::with_places(1).await;
    let mut deaf = served.connect().await;
    deaf.write_all(b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let begun = Instant::now();
    let mut next = served.connect().await;
    next.write_all(REQUEST).await.unwrap();
    let mut read = [0; 12];
    timeout(LONG, next.read_exact(&mut read)).await.expect("its place is never free").unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(29), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_honest_request_is_answered_and_knows_its_client() {
    let served = Served::with_places(8).await;
    let mut client = served.connect().await;
    let slowly = REQUEST.chunks(7);
    for piece in slowly {
        client.write_all(piece).await.unwrap();
        client.flush().await.unwrap();
    }
    let mut answer = vec![0; 1_000];
    let bytes = client.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..bytes]).into_owned();
    assert!(answer.starts_with(&format!("HTTP/1.1 {}", StatusCode::OK)), "{answer}");
    assert!(answer.ends_with(&client.local_addr().unwrap().to_string()), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn with_every_place_taken_the_next_client_waits_for_one() {
    let served = Served::with_places(2).await;
    let (mut first, mut second, mut third) =
        (served.connect().await, served.connect().await, served.connect().await);
    assert!(is_answered(&mut first).await && is_answered(&mut second).await);
    assert!(!is_answered(&mut third).await);
    drop(first);
    let mut read = [0; 12];
    timeout(LONG, third.read_exact(&mut read)).await.expect("no place came free").unwrap();
}

#[tokio::test(start_paused = true)]
async fn when_stopping_begins_idle_connections_end_at_once() {
    let served = Served::with_places(8).await;
    let (mut idle, mut silent) = (served.connect().await, served.connect().await);
    assert!(is_answered(&mut idle).await);
    let begun = Instant::now();
    served.shutdown.begin();
    served.serving.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    until_closed(&mut idle).await;
    until_closed(&mut silent).await;
}
