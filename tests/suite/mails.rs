//! The mails, as their readers and their mail servers see them.
