//! `reset-api accounts …`: lists imported whole, in spite of bad lines and kills; accounts created; log-in with what came in.

mod creating;
mod going_on;
mod lists;
mod logging_in;
mod long_rounds;
mod refusals;
mod world;
