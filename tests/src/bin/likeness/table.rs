//! What was measured, as a table.

use std::time::Duration;
use tests::likeness::{Measured, Plan, Ranks};

/// A line a way of probing, and one for all first probes of one address.
pub(crate) fn table(plan: &Plan, measured: &Measured) -> String {
    let mut text = format!(
        "{:>5}  {:>6}  {:>5}  {:>6}  {:>9}  {:>9}  {:>5}  {}\n",
        "first", "second", "after", "pairs", "known", "unknown", "AUC", "19 of 20 times"
    );
    for (kind, ranks) in plan.kinds.iter().zip(&measured.second) {
        let way = [kind.first.to_string(), kind.second.to_string(), format!("{} ms", kind.gap.as_millis())];
        text.push_str(&line(&way, ranks, plan.seed));
    }
    let mut alone = Ranks::default();
    for (_, ranks) in plan.kinds.iter().zip(&measured.first).filter(|(kind, _)| kind.first == 1) {
        alone.known.extend(&ranks.known);
        alone.unknown.extend(&ranks.unknown);
    }
    if !alone.known.is_empty() {
        text.push_str(&line(&["1".into(), "none".into(), String::new()], &alone, plan.seed));
    }
    text
}

fn line([first, second, after]: &[String; 3], ranks: &Ranks, seed: u64) -> String {
    let ((known, unknown), auc) = (ranks.medians(), ranks.auc(seed));
    let pairs = ranks.known.len() + ranks.unknown.len();
    format!(
        "{first:>5}  {second:>6}  {after:>5}  {pairs:>6}  {:>6.2} ms  {:>6.2} ms  {:>5.3}  {:.3} to {:.3}\n",
        millis(known),
        millis(unknown),
        auc.value,
        auc.low,
        auc.high
    )
}

fn millis(of: Duration) -> f64 {
    of.as_secs_f64() * 1_000.0
}
