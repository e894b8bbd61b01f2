import RedisClient
import SessionRepository

extension RedisServer {
    /// The URL, and what is better kept elsewhere than in a URL.
    init(_ reader: SettingReader) throws(SessionRepositoryError) {
        guard let url = try reader.text(.redisURL) else {
            throw SettingKey.redisURL.invalid("it is missing; the form is redis://[user:password@]host:port/database")
        }
        try self = SettingKey.redisURL.naming { () throws(SessionRepositoryError) in try RedisServer(url: url) }
        try readLogIn(reader)
        try readTLS(reader)
    }

    private mutating func readLogIn(_ reader: SettingReader) throws(SessionRepositoryError) {
        // With a password file it is the configuration's.
        let username = try reader.text(.redisPasswordFile) == nil ? try reader.text(.redisUsername) : nil
        guard let password = try reader.text(.redisPassword) else {
            if username != nil { throw SettingKey.redisUsername.invalid("there is a user but no password") }
            return
        }
        guard self.password == nil else { throw SettingKey.redisPassword.invalid("the URL has one too") }
        self.username = username
        self.password = Secret(password)
    }

    /// What the URL's query says is taken over; what is here counts more.
    private mutating func readTLS(_ reader: SettingReader) throws(SessionRepositoryError) {
        let given: [(key: SettingKey, value: String?)] = [
            (.authoritiesFile, try reader.text(.authoritiesFile)),
            (.certificateFile, try reader.text(.certificateFile)),
            (.privateKeyFile, try reader.text(.privateKeyFile)),
            (.serverName, try reader.text(.serverName)),
        ]
        guard let first = given.first(where: { $0.value != nil }) else { return }
        guard let fromURL = tls else { throw first.key.invalid("the URL does not ask for TLS: rediss://…") }
        var wanted = RedisTLS(
            authoritiesFile: given[0].value ?? fromURL.authoritiesFile, serverName: given[3].value ?? fromURL.serverName
        )
        let certificate = given[1].value ?? fromURL.clientCertificate?.certificateFile
        let privateKey = given[2].value ?? fromURL.clientCertificate?.privateKeyFile
        switch (certificate, privateKey) {
        case (let certificate?, let privateKey?):
            wanted.clientCertificate = .init(certificateFile: certificate, privateKeyFile: privateKey)
        case (nil, nil): break
        case (_?, nil): throw SettingKey.privateKeyFile.invalid("there is a certificate without its private key")
        case (nil, _?): throw SettingKey.certificateFile.invalid("there is a private key without its certificate")
        }
        tls = try first.key.naming { () throws(SessionRepositoryError) in try wanted.settings() }
    }
}

extension RedisCredentialProvider {
    /// `nil` unless there is a password file.
    init?(_ reader: SettingReader, user: SettingKey, file: SettingKey) throws(SessionRepositoryError) {
        guard let path = try reader.text(file) else { return nil }
        self = .passwordFile(path, username: try reader.text(user))
    }
}
