//! The network a client is in: what throttles count by and the audit trail keeps, instead of the exact address.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// An IPv4 address, or the /64 of an IPv6 address: what one household or one machine usually holds (RFC 6177).
/// `Display` writes it as `192.0.2.7/32` or `2001:db8::/64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientNetwork(IpAddr);

/// The text is not an IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an IPv4 or IPv6 address in text form, without port and zone")]
pub struct MalformedIp;

impl ClientNetwork {
    /// Reads an address as RFC 4291 §2.2 and RFC 6943 §3.1.1 (strict form) write it. Empty text is no client.
    ///
    /// An IPv4 address written as IPv6 (`::ffff:192.0.2.7`, RFC 4291 §2.5.5.2) is the IPv4 address: a dual-stack
    /// listener says it that way, and all of IPv4 would share one network otherwise.
    ///
    /// # Errors
    /// [`MalformedIp`] for anything else: ports, zones, prefixes, blanks, octal or short IPv4.
    pub fn parse(ip: &str) -> Result<Option<Self>, MalformedIp> {
        if ip.is_empty() {
            return Ok(None);
        }
        ip.parse().map(|ip| Some(Self::of(ip))).map_err(|_| MalformedIp)
    }

    /// The network of an address.
    #[must_use]
    pub fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self(IpAddr::V4(ip)),
            IpAddr::V6(ip) => Self(IpAddr::V6(first_half(ip))),
        }
    }
}

fn first_half(ip: Ipv6Addr) -> Ipv6Addr {
    let [a, b, c, d, ..] = ip.segments();
    Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)
}

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0, if self.0.is_ipv4() { 32 } else { 64 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(ip: &str) -> String {
        ClientNetwork::parse(ip).unwrap().unwrap().to_string()
    }

    #[test]
    fn no_text_is_no_client() {
        assert_eq!(ClientNetwork::parse(""), Ok(None));
    }

    #[test]
    fn an_ipv4_address_is_a_network_of_its_own() {
        assert_eq!(network("192.0.2.7"), "192.0.2.7/32");
        assert_ne!(network("192.0.2.7"), network("192.0.2.8"));
    }

    #[test]
    fn every_address_of_an_ipv6_network_is_that_network() {
        for ip in ["2001:db8::", "2001:db8::1", "2001:DB8:0:0:ffff:ffff:ffff:ffff", "2001:db8::192.0.2.7"] {
            assert_eq!(network(ip), "2001:db8::/64", "{ip}");
        }
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("::1"), "::/64");
    }

    #[test]
    fn an_ipv4_address_written_as_ipv6_is_the_ipv4_address() {
        for ip in ["::ffff:192.0.2.7", "::ffff:c000:207", "0:0:0:0:0:FFFF:C000:0207"] {
            assert_eq!(network(ip), "192.0.2.7/32", "{ip}");
        }
    }

    #[test]
    fn hostile_texts_are_refused() {
        let long = "1".repeat(1 << 20);
        for ip in [
            "fe80::1%eth0",
            "fe80::1%25eth0",
            "192.0.2.7:443",
            "[2001:db8::1]",
            "[2001:db8::1]:443",
            "192.0.2.7/32",
            "2001:db8::/64",
            "192.0.2",
            "3221225991",
            "0xc0000207",
            "192.0.2.07",
            "192.0.2.256",
            " 192.0.2.7",
            "192.0.2.7\r\n",
            "192.0.2.7\0",
            "192.0.2.7, 198.51.100.1",
            "1::2::3",
            "example.org",
            "١٩٢.0.2.7",
            ":",
            &long,
        ] {
            assert_eq!(ClientNetwork::parse(ip), Err(MalformedIp), "{ip:.40}");
        }
    }
}
