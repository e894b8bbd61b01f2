import RedisClient

/// For each slot of a cluster a hash tag that lies there: the smallest number, in decimal, whose text does.
enum SlotTags {
    static func tag(of slot: HashSlot) -> String { String(numbers[Int(slot.number)]) }

    /// Some 200,000 texts are hashed, once in a process and only with a cluster.
    private static let numbers: [Int] = {
        var numbers = [Int](repeating: -1, count: HashSlot.count)
        var (left, number) = (numbers.count, 0)
        while left > 0 {
            let slot = Int(HashSlot(hashing: String(number).utf8).number)
            if numbers[slot] < 0 {
                numbers[slot] = number
                left -= 1
            }
            number += 1
        }
        return numbers
    }()
}
