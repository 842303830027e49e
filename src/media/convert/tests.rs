//! Pictures that fit.
