/// What an unfinished call to TLS waits for. A write may wait for something to read and a read for room to write: TLS
/// has a conversation of its own.
enum TLSWants {
    case nothing
    case reading
    case writing
}
