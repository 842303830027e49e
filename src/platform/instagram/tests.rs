//! What Instagram's adapter asks for and makes of answers, as tables.
