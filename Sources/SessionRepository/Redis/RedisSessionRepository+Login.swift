import RedisClient

extension RedisSessionRepository {
    func ticket(for user: UserID) async throws(SessionRepositoryError) -> LoginTicket {
        let call = ScriptCall(
            Scripts.beginLogin, keys: [keys.account(user), keys.everyone(beside: HashTag(owner: user.text))],
            arguments: [])
        let answer = try await run(call) { reply in
            (begun: reply[0].integer, userEpoch: reply[1].string, everyoneEpoch: reply[2].string)
        }
        guard let begun = answer.begun, let userEpoch = answer.userEpoch, let everyoneEpoch = answer.everyoneEpoch
        else { throw .unexpectedAnswer(about: keys.account(user)) }
        return LoginTicket(user: user, begun: begun, userEpoch: userEpoch, everyoneEpoch: everyoneEpoch)
    }
}
