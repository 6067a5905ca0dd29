//! The proxies in front of the pages, and who stands behind them.
//!
//! Anybody can write X-Forwarded-For. Each trusted proxy appends whom it saw, so the header is read from its end, for as
//! long as the one who speaks is trusted.

use axum::http::HeaderMap;
use std::net::IpAddr;
use std::str::FromStr;

/// Where proxies say for whom they speak.
const HEADER: &str = "x-forwarded-for";

/// The networks of the proxies whose word is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

/// An address and how many of its first bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

/// The text is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be networks such as 10.0.0.0/8, 192.0.2.7 or fd00::/8")]
pub struct MalformedNetwork;

impl TrustedProxies {
    /// Reads networks; an address alone is a network of one.
    ///
    /// # Errors
    /// [`MalformedNetwork`]; also for a network of everybody, whose word would be anybody's.
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, MalformedNetwork> {
        texts.iter().map(|text| text.as_ref().trim().parse()).collect::<Result<_, _>>().map(Self)
    }

    /// Who asks, given who is connected.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let values: Vec<_> = headers.get_all(HEADER).iter().filter_map(|value| value.to_str().ok()).collect();
        for named in values.iter().rev().flat_map(|value| value.rsplit(',')) {
            let Ok(named) = named.trim().parse::<IpAddr>() else { break };
            if !self.contain(client) {
                break;
            }
            client = named.to_canonical();
        }
        client
    }

    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(it)) => {
                shares(u32::from(ours).into(), u32::from(it).into(), 32, self.bits)
            }
            (IpAddr::V6(ours), IpAddr::V6(it)) => shares(ours.into(), it.into(), 128, self.bits),
            _ => false,
        }
    }
}

/// Whether two addresses of so many bits begin with the same ones.
fn shares(one: u128, other: u128, width: u8, bits: u8) -> bool {
    (one ^ other).checked_shr(u32::from(width - bits)).unwrap_or(0) == 0
}

impl FromStr for Network {
    type Err = MalformedNetwork;

    fn from_str(text: &str) -> Result<Self, MalformedNetwork> {
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| MalformedNetwork)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(width), str::parse).map_err(|_| MalformedNetwork)?;
        if (1..=width).contains(&bits) { Ok(Self { address, bits }) } else { Err(MalformedNetwork) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    const NOBODY: [&str; 0] = [];

    fn client(trusted: &[&str], peer: &str, headers: &[&str]) -> String {
        let name = HeaderName::from_static(HEADER);
        let headers = headers.iter().map(|value| (name.clone(), value.parse().unwrap())).collect();
        TrustedProxies::parse(trusted).unwrap().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn whoever_is_not_trusted_speaks_for_itself() {
        assert_eq!(client(&NOBODY, "10.0.0.1", &["192.0.2.1"]), "10.0.0.1");
        assert_eq!(client(&["10.0.0.0/8"], "11.0.0.1", &["192.0.2.1"]), "11.0.0.1");
        assert_eq!(client(&["fd00::/8"], "10.0.0.1", &["192.0.2.1"]), "10.0.0.1");
    }

    #[test]
    fn a_trusted_proxy_names_the_last_one_it_saw_and_what_that_one_wrote_is_nothing() {
        let trusted = ["10.0.0.0/8", "2001:db8::7"];
        assert_eq!(client(&trusted, "10.1.2.3", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(client(&trusted, "::ffff:10.1.2.3", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(client(&trusted, "10.1.2.3", &["203.0.113.9, 192.0.2.1"]), "192.0.2.1");
        assert_eq!(client(&trusted, "10.1.2.3", &["203.0.113.9", "192.0.2.1"]), "192.0.2.1");
        assert_eq!(
            client(&trusted, "10.1.2.3", &["203.0.113.9,192.0.2.1 , 10.9.9.9", "2001:db8::7"]),
            "192.0.2.1"
        );
        assert_eq!(client(&trusted, "2001:db8::7", &["2001:db8::8"]), "2001:db8::8");
    }

    #[test]
    fn what_is_no_address_ends_the_reading() {
        for value in ["", "unknown", "192.0.2.1:80", "192.0.2.1, nobody", ",", "_hidden"] {
            assert_eq!(client(&["10.0.0.0/8"], "10.1.2.3", &[value]), "10.1.2.3", "{value:?}");
        }
        assert_eq!(client(&["10.0.0.0/8"], "10.1.2.3", &[]), "10.1.2.3");
        assert_eq!(client(&["10.0.0.0/8"], "10.1.2.3", &["10.0.0.1, 10.0.0.2"]), "10.0.0.1");
    }

    #[test]
    fn networks_are_read_strictly() {
        for wrong in [
            "",
            "10",
            "10.0.0.0/",
            "10.0.0.0/0",
            "10.0.0.0/33",
            "::/0",
            "::1/129",
            "10.0.0.0/-1",
            "example.org",
        ] {
            assert_eq!(TrustedProxies::parse(&[wrong]), Err(MalformedNetwork), "{wrong}");
        }
        assert_eq!(client(&["10.0.0.0/9"], "10.128.0.1", &["192.0.2.1"]), "10.128.0.1");
        assert_eq!(client(&["10.0.0.0/9"], "10.127.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(client(&["10.0.0.1/32"], "10.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(client(&["2001:db8::/1"], "7fff::1", &["192.0.2.1"]), "192.0.2.1");
    }
}
