/// Runs `body` for each of `elements`, some at the same time: they travel together and leave room for others in the queue.
/// - Returns: their results, in the order of `elements`.
func someAtOnce<Element: Sendable, Value: Sendable>(
    _ elements: [Element], atOnce limit: Int = 32,
    _ body: @escaping @Sendable (Element) async throws(SessionRepositoryError) -> Value
) async -> [Result<Value, SessionRepositoryError>] {
    typealias Outcome = (position: Int, result: Result<Value, SessionRepositoryError>)
    return await withTaskGroup(of: Outcome.self) { group in
        var outcomes: [Outcome] = []
        for (position, element) in elements.enumerated() {
            if position >= limit, let outcome = await group.next() { outcomes.append(outcome) }
            group.addTask {
                do throws(SessionRepositoryError) {
                    return (position, .success(try await body(element)))
                } catch {
                    return (position, .failure(error))
                }
            }
        }
        for await outcome in group { outcomes.append(outcome) }
        return outcomes.sorted { $0.position < $1.position }.map(\.result)
    }
}
