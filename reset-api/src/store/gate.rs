//! The gate: at most one mail an account a cool-down, whatever the throttle forgot.
