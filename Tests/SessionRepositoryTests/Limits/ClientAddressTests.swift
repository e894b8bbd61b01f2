import Testing

@testable import SessionRepository

@Suite("A client's address")
struct ClientAddressTests {
    @Test(
        "loses port, brackets, zone and blanks, and comes out in its canonical spelling",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("1.2.3.4:5678", "1.2.3.4"), ("1.2.3.4:0", "1.2.3.4"),
            (" 1.2.3.4\t", "1.2.3.4"),
            ("2001:DB8::1", "2001:db8::1"), ("[2001:db8::1]:443", "2001:db8::1"), ("[2001:DB8::1]", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"), ("[fe80::1%25eth0]:80", "fe80::1"), ("fe80::1%1", "fe80::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("[::ffff:192.0.2.1]:80", "192.0.2.1"), ("::FFFF:C000:201", "192.0.2.1"),
            // Of two readings the address.
            ("2001:db8::1:443", "2001:db8::1:443"),
            ("::1", "::1"), ("[::]", "::"), ("2001:db8::1:2", "2001:db8::1:2"),
        ])
    func usable(text: String, address: String) {
        #expect(ClientAddress.canonical(text) == address)
        #expect(ClientAddress.canonical(address) == address)
    }

    @Test(
        "is left out when it is anything else",
        arguments: [
            "", " ", "unknown", "_hidden", "localhost", "example.org:80", "1.2.3", "1.2.3.256", "1.2.3.4:", "1.2.3.4:x",
            "1.2.3.4:+80", "1.2.3.4:123456", "1.2.3.4:80:80", "1.2.3.4%eth0", "1.2.3.4, 5.6.7.8", "[1.2.3.4]", "[::1",
            "::1]", "[::1]80", "[::1]:", "[::1]:x", "[[::1]]", "[]", "[]:80", "[::1]]", "fe80::1%", "%eth0", "[%]",
            ":80", ":",
            "::1\0", "1.2.3.4\0:80", "fe80::1%\0", "\0", "::g", "::1/64", "\"::1\"", "１.2.3.4", "1.2.3.4\n",
            "1.2.3.4\u{301}:80",
            "1.2.3.4:8\u{301}0", "\u{1B}[31m1.2.3.4",
        ])
    func unusable(text: String) {
        #expect(ClientAddress.canonical(text) == nil)
    }

    @Test("may be of any length without being believed")
    func long() {
        #expect(ClientAddress.canonical("fe80::1%" + String(repeating: "x", count: 1000)) == nil)
        #expect(ClientAddress.canonical(String(repeating: "[", count: 1_000_000)) == nil)
        #expect(ClientAddress.canonical(String(repeating: " ", count: 1000) + "::1") == nil)
    }
}
