import Testing

/// Everything that keeps the machine's cores busy for long. One after the other: a machine has only so many.
@Suite("Load", .serialized)
enum LoadTests {}
