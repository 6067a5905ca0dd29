//! The SMTP client against scripted and real servers.
