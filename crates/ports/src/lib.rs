//! The async traits between the use cases and the world, with their contracts.
