/// One random life of what is tested, played until its end or until the first promise is broken. Its seed determines it.
package protocol RandomSchedule: AnyObject {
    var random: SplitMix64 { get set }
    /// The first promise that was broken.
    var violation: String? { get set }
    /// How often each kind of thing happened.
    var seen: [String: Int] { get }
    /// Lets so many things happen, and then comes to an end.
    func run(events: Int) async
}

extension RandomSchedule {
    package func violate(_ text: @autoclosure () -> String) {
        violation = violation ?? text()
    }

    package func check(_ condition: Bool, _ text: @autoclosure () -> String) {
        if !condition { violate(text()) }
    }

    package func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }
}
