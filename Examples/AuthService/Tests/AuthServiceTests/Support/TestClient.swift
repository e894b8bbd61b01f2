import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A browser or program with its cookies. Follows no redirect, so that tests see each answer.
final class TestClient {
    let origin: String
    var cookies: [String: String] = [:]
    /// Sent as a bearer token.
    var accessToken: String?
    var headers: [String: String] = [:]
    private let session: URLSession

    init(origin: String) {
        self.origin = origin
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpShouldSetCookies = false
        configuration.httpCookieAcceptPolicy = .never
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        session = URLSession(configuration: configuration, delegate: NoRedirects(), delegateQueue: nil)
    }

    deinit { session.finishTasksAndInvalidate() }

    struct Answer {
        let status: Int
        let headers: [String: String]
        let body: Data

        var text: String { String(decoding: body, as: UTF8.self) }
        var setCookie: String { headers["set-cookie"] ?? "" }

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            return try decoder.decode(type, from: body)
        }

        /// The stable word of an error.
        var code: String? { try? decode(Failure.self).error.code }
    }

    private struct Failure: Decodable {
        struct Content: Decodable { let code: String }
        let error: Content
    }

    func send(_ method: String, _ path: String, json body: some Encodable) async throws -> Answer {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        return try await send(method, path, body: try encoder.encode(body), type: "application/json")
    }

    /// As a browser sends a form of ours: with the Origin.
    func send(form fields: [String: String], to path: String) async throws -> Answer {
        try await send(form: fields, to: path, origin: origin)
    }

    func send(form fields: [String: String], to path: String, origin: String?) async throws -> Answer {
        var characters = CharacterSet.alphanumerics
        characters.insert(charactersIn: "-._")
        let body = fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: characters) ?? "")"
        }.joined(separator: "&")
        return try await send(
            "POST", path, body: Data(body.utf8), type: "application/x-www-form-urlencoded", origin: origin)
    }

    func send(
        _ method: String, _ path: String, body: Data? = nil, type: String? = nil, origin: String? = nil
    ) async throws -> Answer {
        guard let url = URL(string: self.origin + path) else { throw URLError(.badURL) }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body
        if let type { request.setValue(type, forHTTPHeaderField: "Content-Type") }
        if let origin { request.setValue(origin, forHTTPHeaderField: "Origin") }
        if let accessToken { request.setValue("Bearer \(accessToken)", forHTTPHeaderField: "Authorization") }
        if !cookies.isEmpty {
            let text = cookies.map { "\($0)=\($1)" }.joined(separator: "; ")
            request.setValue(text, forHTTPHeaderField: "Cookie")
        }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await session.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        var fields: [String: String] = [:]
        for (name, value) in response.allHeaderFields {
            fields["\(name)".lowercased()] = "\(value)"
        }
        let answer = Answer(status: response.statusCode, headers: fields, body: data)
        keepCookies(of: answer)
        return answer
    }

    /// Several Set-Cookie headers come joined by commas; none of ours has one inside.
    private func keepCookies(of answer: Answer) {
        for cookie in answer.setCookie.split(separator: ",") {
            let parts = cookie.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            let pair = (parts.first ?? "").split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            cookies[String(pair[0])] = parts.contains("Max-Age=0") ? nil : String(pair[1])
        }
    }

    private final class NoRedirects: NSObject, URLSessionTaskDelegate {
        func urlSession(
            _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
            newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
        ) {
            completionHandler(nil)
        }
    }
}

extension TestClient {
    /// Signs in as a browser does.
    func signInToPages(_ user: String, in service: TestService) async throws -> Answer {
        try await send(form: ["user": user, "password": try service.password(of: user)], to: "/sign-in")
    }

    /// The token in the forms of a page.
    func formToken(at path: String = "/devices") async throws -> String {
        let page = try await send("GET", path)
        guard let match = page.text.firstMatch(of: /name="csrf" value="([^"]+)"/) else {
            throw PrivateRedis.Failure(description: "\(path) has no form: \(page.status)")
        }
        return String(match.1).replacing("&#x3D;", with: "=")
    }
}
