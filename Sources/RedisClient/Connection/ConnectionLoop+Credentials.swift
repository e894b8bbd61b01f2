/// What an attempt to connect logs in with.
extension ConnectionLoop {
    /// As late as possible: an address may take longer to find than credentials are good.
    func ask(_ source: CredentialSource) {
        attempt += 1
        machine.lastFailure = machine.lastFailure ?? .unavailable(reason: "\(source) has not answered yet")
        source.credentials(within: configuration.connectTimeout) { [mailbox, attempt] in
            mailbox.deliver(Mailbox.CredentialDelivery(attempt: attempt, found: $0))
        }
    }

    func received(_ delivery: Mailbox.CredentialDelivery) {
        guard delivery.attempt == attempt, machine.phase == .resolving else { return }
        switch delivery.found {
        case .success(let found):
            credentials = found
            machine.lastFailure = nil
            machine.resolved(addressCount: addresses.count)
        case .failure(let error):
            lose(error)
        }
    }
}
