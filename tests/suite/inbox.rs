//! The inbox of the standalone, as a mail client and a gateway developer see it.
