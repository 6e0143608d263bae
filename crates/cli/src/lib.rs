//! The lamplight command line: parses, calls the use cases, renders.
