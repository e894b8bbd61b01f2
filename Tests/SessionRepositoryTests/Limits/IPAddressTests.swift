import Testing

@testable import SessionRepository

@Suite("IP addresses")
struct IPAddressTests {
    @Test(
        "come out in their canonical spelling",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "::"), ("::1", "::1"), ("2001:DB8::A", "2001:db8::a"),
            ("2001:0db8:0000:0:0:0:0:0001", "2001:db8::1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:C000:0201", "192.0.2.1"), ("::192.0.2.1", "::192.0.2.1"),
            ("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ])
    func canonical(text: String, spelling: String) throws {
        #expect(try InputLimits.ipAddress(text) == spelling)
        #expect(try InputLimits.ipAddress(spelling) == spelling)
    }

    @Test("may be unknown")
    func unknown() throws {
        #expect(try InputLimits.ipAddress(nil) == nil)
    }

    @Test(
        "are refused when they are anything else",
        arguments: [
            "", " ", "localhost", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "01.2.3.4", "0x1.2.3.4", "1.2.3.4 ",
            " 1.2.3.4", "1.2.3.4\n", "1.2.3.4\0", "\0", "1.2.3.4\0.evil", "::1\0", "1.2.3.4:80", "[::1]", ":::",
            "::1::",
            "1:2:3:4:5:6:7:8:9", "12345::", "::g", "fe80::1%eth0", "fe80::1%1", "::1/64", "192.0.2.0/24",
            "１.2.3.4", "1.2.3.4, 5.6.7.8", "unknown", "1．2．3．4",
        ])
    func refused(text: String) {
        let refusal = refusal { () throws(SessionRepositoryError) in _ = try InputLimits.ipAddress(text) }
        #expect(refusal == Refusal(name: "IP address", problem: "it must be an IPv4 or IPv6 address"))
    }
}
