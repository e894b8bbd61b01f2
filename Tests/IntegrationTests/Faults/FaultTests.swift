import Testing

/// Everything that disturbs a server. One after the other, each on a server of its own: a machine has only so many
/// cores.
@Suite("Faults", .serialized, .timeLimit(.minutes(5)))
struct FaultTests {}
