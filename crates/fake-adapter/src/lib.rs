//! A small simulator of every provider port: scripted functions, manual clock, faults.
