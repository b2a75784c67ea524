import Foundation
import Storage
import Testing

@Suite("Signing and verifying URLs")
struct SignatureV4Tests {
    private static let accessKey = "AKIAQUERNEXAMPLE"
    private static let secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    /// 2026-11-21T10:30:05Z
    private static let signedAt = Date(timeIntervalSince1970: 1_795_257_005)

    private let signature = SignatureV4(accessKey: accessKey, secretKey: secretKey, region: "us-east-1")
    private static let common =
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAQUERNEXAMPLE%2F20261121%2Fus-east-1%2Fs3%2Faws4_request"
        + "&X-Amz-Date=20261121T103005Z&X-Amz-Expires=3600"

    /// Made by botocore 1.43.11, `generate_presigned_url` with the clock at `signedAt`, path-style, `s3v4`.
    struct Vector: Sendable, CustomTestStringConvertible {
        var what: String
        var method: String
        /// Bucket and key as they are meant.
        var key: String
        var path: String
        var extra: [(String, String)] = []
        var rawExtra = ""
        var signedHeaders = "host"
        var headers: [String: String] = [:]
        var signature: String

        var testDescription: String { what }
        var query: String { "\(rawExtra)\(common)&X-Amz-SignedHeaders=\(signedHeaders)&X-Amz-Signature=\(signature)" }
    }

    static let vectors = [
        Vector(
            what: "get_object", method: "GET", key: "input/1/people.csv", path: "/quern/input/1/people.csv",
            signature: "f52241dbb0f6b9183a44b417223797d1375af6ffd76e4ea0399fe408fb3aade5"),
        Vector(
            what: "get_object, punctuation", method: "GET", key: "input/1/a b+c~d%e(f)!*'&=?#.csv",
            path: "/quern/input/1/a%20b%2Bc~d%25e%28f%29%21%2A%27%26%3D%3F%23.csv",
            signature: "466f74709dad89a1c4973dcc9ac72536458ceffdc5458e2d902dcaf03888de90"),
        Vector(
            what: "get_object, unicode", method: "GET", key: "output/2/zażółć 東京 🌾.parquet",
            path: "/quern/output/2/za%C5%BC%C3%B3%C5%82%C4%87%20%E6%9D%B1%E4%BA%AC%20%F0%9F%8C%BE.parquet",
            signature: "0894fc48a3cc42a7a547f3d5d87201a5c3478b588a5252a16161841e3ff21c24"),
        Vector(
            what: "get_object, response headers", method: "GET", key: "output/2/x.csv", path: "/quern/output/2/x.csv",
            extra: [
                ("response-content-disposition", "attachment; filename=\"a b+c.csv\"; filename*=UTF-8''%E2%82%AC.csv"),
                ("response-content-type", "text/csv"),
            ],
            rawExtra: "response-content-disposition=attachment%3B%20filename%3D%22a%20b%2Bc.csv%22%3B%20"
                + "filename%2A%3DUTF-8%27%27%25E2%2582%25AC.csv&response-content-type=text%2Fcsv&",
            signature: "82c073069e36b890931dcac5ce08c45fd14551cf79e8af54e02de9dd3edcc80f"),
        Vector(
            what: "put_object", method: "PUT", key: "input/1/people.csv", path: "/quern/input/1/people.csv",
            signature: "47f64482024cd5eaa3b36f6329faf04148a7ab61ceb40beef4c8d2719730e352"),
        Vector(
            what: "put_object, content type", method: "PUT", key: "input/1/people.csv", path: "/quern/input/1/people.csv",
            signedHeaders: "content-type%3Bhost", headers: ["content-type": "text/csv; charset=utf-8"],
            signature: "ed2a3c92c43e57f31bac3e6a7a93ecff81a570dab6f984ae078a3bef3b9f051c"),
        Vector(
            what: "put_object, metadata", method: "PUT", key: "input/1/people.csv", path: "/quern/input/1/people.csv",
            signedHeaders: "content-length%3Bcontent-type%3Bhost%3Bx-amz-meta-b-c%3Bx-amz-meta-owner",
            headers: [
                "content-length": "5", "content-type": "text/csv", "x-amz-meta-b-c": "2", "x-amz-meta-owner": " Ada  Lovelace ",
            ],
            signature: "13d5806eb6619cf08d2cbf6238c2c33a018cebaebe8782fb0cc72399db00d73b"),
        Vector(
            what: "head_object", method: "HEAD", key: "input/1/people.csv", path: "/quern/input/1/people.csv",
            signature: "8f2099e2f765b2c3f7119e650f80019e86524bfc8b8e629e0c68585c075ce6cb"),
        Vector(
            what: "upload_part", method: "PUT", key: "k", path: "/quern/k", extra: [("uploadId", "u+/="), ("partNumber", "3")],
            rawExtra: "uploadId=u%2B%2F%3D&partNumber=3&",
            signature: "8d7a24a8573e6b0ffa8ae94c6663c44ae4cef8673eec038f8e6828d93623ef1c"),
    ]

    @Test(arguments: vectors)
    func `what botocore signs is accepted`(vector: Vector) throws {
        try verify(vector)
    }

    @Test(arguments: vectors)
    func `our signature is the one that botocore makes`(vector: Vector) throws {
        let url = signature.presign(
            method: vector.method, url: "http://localhost:8080", bucket: "quern", key: vector.key, expiresSeconds: 3600,
            at: Self.signedAt, extraQuery: vector.extra, headers: vector.headers.map { ($0.key, $0.value) })
        #expect(url.hasPrefix("http://localhost:8080\(vector.path)?"))
        #expect(url.hasSuffix("&X-Amz-Signature=\(vector.signature)"))
        let query = try #require(url.split(separator: "?", maxSplits: 1).last)
        try signature.verify(
            method: vector.method, host: "localhost:8080", rawPath: vector.path, rawQuery: String(query),
            headers: { vector.headers[$0] }, at: Self.signedAt)
    }

    @Test(arguments: [
        ("https://files.example.com", 604_800, "72104893ab2bbff1c411789486198e81e25bd25661672b285a81463120d4f6c3"),
        ("https://files.example.com:443/", 60, "41fa3f717f0162ce46ebc75490953de80f705ad7ea2d021f6ec33a7500c88483"),
        ("http://[::1]:9000", 60, "453ebfd8657bd97ecb17ca02be6f1786e6d0f5022fcb5881cb3e5ea8648a4661"),
    ])
    func `host and port are signed as a client sends them`(base: String, expiresSeconds: Int, expected: String) {
        let url = signature.presign(
            method: "GET", url: base, bucket: "quern", key: "k", expiresSeconds: expiresSeconds, at: Self.signedAt)
        #expect(url.hasSuffix(expected))
    }

    @Test func `an encoding that means the same is accepted`() throws {
        var vector = Self.vectors[1]
        vector.path = "/%71uern/input/1/a%20b+c%7Ed%25e(f)!*'%26=%3f%23.csv"
        try verify(vector)
    }

    @Test func `the sign between parameters stands in no path`() throws {
        var vector = Self.vectors[1]
        vector.path = "/%71uern/input/1/a%20b+c%7Ed%25e(f)!*'&=%3f%23.csv"
        #expect(throws: SignatureFailure.malformed) { try verify(vector) }
    }

    @Test func `the host is compared without case`() throws {
        try verify(Self.vectors[0], host: "LOCALHOST:8080")
    }

    // MARK: Refusals

    @Test func `a changed method, path, host, header or query is refused`() {
        let vector = Self.vectors[6]
        #expect(failure(change: { $0.method = "DELETE" }) == .mismatch)
        #expect(failure(change: { $0.path = "/quern/input/1/people.csv/" }) == .mismatch)
        #expect(failure(change: { $0.path = "//quern/input/1/people.csv" }) == .mismatch)
        #expect(failure(change: { $0.path = "/quern/input/1/./people.csv" }) == .mismatch)
        #expect(failure(change: { $0.rawExtra = "versionId=1&" }) == .mismatch)
        #expect(failure(change: { $0.signature = String(repeating: "0", count: 64) }) == .mismatch)
        #expect(failure(host: "localhost:8081") == .mismatch)
        #expect(failure(vector, change: { $0.headers["content-type"] = "text/html" }) == .mismatch)
        #expect(failure(vector, change: { $0.headers["x-amz-meta-owner"] = nil }) == .mismatch)
        #expect(failure(vector) == nil)
    }

    @Test func `a URL for GET does not serve HEAD or PUT`() {
        #expect(failure(change: { $0.method = "HEAD" }) == .mismatch)
        #expect(failure(change: { $0.method = "PUT" }) == .mismatch)
    }

    @Test func `another secret, key, region or service is refused`() throws {
        let vector = Self.vectors[0]
        func outcome(_ accessKey: String, _ secretKey: String, _ region: String) -> SignatureFailure? {
            failure(vector, signature: SignatureV4(accessKey: accessKey, secretKey: secretKey, region: region))
        }
        #expect(outcome(Self.accessKey, "other", "us-east-1") == .mismatch)
        #expect(outcome("other", Self.secretKey, "us-east-1") == .unknownAccessKey)
        #expect(outcome(Self.accessKey, Self.secretKey, "eu-west-1") == .malformed)
        #expect(failure(query: { $0.replacing("%2Fs3%2F", with: "%2Fsqs%2F") }) == .malformed)
        #expect(failure(query: { $0.replacing("%2F20261121%2F", with: "%2F20261120%2F") }) == .malformed)
    }

    @Test func `a URL lives from its date to its end, and clocks may differ by five minutes`() throws {
        func outcome(after seconds: Double) -> SignatureFailure? {
            failure(at: Self.signedAt.addingTimeInterval(seconds))
        }
        #expect(outcome(after: 0) == nil)
        #expect(outcome(after: 3600) == nil)
        #expect(outcome(after: 3601) == .expired)
        #expect(outcome(after: -300) == nil)
        #expect(outcome(after: -301) == .notYetValid)
    }

    @Test(arguments: [
        "X-Amz-Expires=604801", "X-Amz-Expires=0", "X-Amz-Expires=-1", "X-Amz-Expires=1.5", "X-Amz-Expires=", "X-Amz-Expires",
        "X-Amz-Expires=99999999999999999999",
    ])
    func `a life that is none or longer than seven days is refused`(parameter: String) {
        #expect(failure(query: { $0.replacing("X-Amz-Expires=3600", with: parameter) }) == .malformed)
    }

    @Test(arguments: [
        "20261321T103005Z", "20260230T103005Z", "20261121T103060Z", "20261121T103005", "20261121 103005Z", "2026112 T103005Z",
        "99999999T999999Z", "0000000000000000", "", "é0261121T10300Z",
    ])
    func `a date that is none is refused`(date: String) {
        #expect(failure(query: { $0.replacing("20261121T103005Z", with: date.replacing(" ", with: "%20")) }) == .malformed)
    }

    @Test(arguments: [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature",
    ])
    func `a parameter that is missing or twice there is refused`(name: String) {
        #expect(failure(query: { $0.replacing("\(name)=", with: "x=") }) == .malformed)
        #expect(failure(query: { "\(name)=1&\($0)" }) == .malformed)
        #expect(failure(query: { "\(name.replacing("-", with: "%2D"))=1&\($0)" }) == .malformed)
    }

    @Test(arguments: ["", "&&&", "=", "%", "%4", "%zz=1", "a=%ff", "X-Amz-Signature=zz"])
    func `garbage is refused`(query: String) {
        #expect(failure(query: { _ in query }) == .malformed)
        #expect(failure(query: { "\($0)&\(query)x%" }) == .malformed)
    }

    @Test func `a very long query is refused unread`() {
        #expect(failure(query: { $0 + "&a=" + String(repeating: "x", count: 20_000) }) == .malformed)
    }

    @Test(arguments: ["", "content-type", "Host", "host%3Bcontent-type", "host%3Bhost", "host%3B", "host%0A"])
    func `signed headers without host, unsorted or odd are refused`(names: String) {
        #expect(failure(change: { $0.signedHeaders = names }) == .malformed)
    }

    @Test func `a path with a broken escape is refused`() {
        #expect(failure(change: { $0.path = "/quern/%E2%8" }) == .malformed)
    }

    // MARK: Helpers

    private func verify(_ vector: Vector, host: String = "localhost:8080") throws {
        try signature.verify(
            method: vector.method, host: host, rawPath: vector.path, rawQuery: vector.query, headers: { vector.headers[$0] },
            at: Self.signedAt)
    }

    private func failure(
        _ vector: Vector = vectors[0], signature: SignatureV4? = nil, host: String = "localhost:8080", at date: Date = signedAt,
        query: (String) -> String = { $0 }, change: (inout Vector) -> Void = { _ in }
    ) -> SignatureFailure? {
        var vector = vector
        change(&vector)
        do {
            try (signature ?? self.signature).verify(
                method: vector.method, host: host, rawPath: vector.path, rawQuery: query(vector.query),
                headers: { vector.headers[$0] }, at: date)
            return nil
        } catch {
            return error as? SignatureFailure
        }
    }
}
