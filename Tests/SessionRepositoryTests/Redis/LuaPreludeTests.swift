import Testing

@testable import SessionRepository

@Suite("The functions that the scripts share")
struct LuaPreludeTests {
    private let prelude = LuaPrelude(
        """
        -- Prepended to scripts.

        local limit = 3
        local one, two = 1, 2
        -- Adds.
        local function add(a, b)
          return a + b
        end

        local function capped(a, b)
          return math.min(add(a, b), limit)
        end
        """)

    @Test("go with a script that uses them, with those that they use, in their order")
    func used() {
        #expect(
            prelude.needed(by: "return capped(1, 2)") == """
                local limit = 3
                local function add(a, b)
                  return a + b
                end
                local function capped(a, b)
                  return math.min(add(a, b), limit)
                end

                """)
        #expect(prelude.needed(by: "return two") == "local one, two = 1, 2\n")
    }

    @Test("stay behind where nobody uses them, also when a name begins like theirs")
    func unused() {
        #expect(prelude.needed(by: "return add_more(limits) .. capped2") == "")
    }
}
