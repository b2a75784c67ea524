import Core
import Foundation
import GRDB
import Jobs
import Storage
import TestKit
import Testing

@testable import Leads

@Suite("The index of leads")
struct LeadIndexTests {
    /// A lead as the tests make it, and what has to be found of it, by brute force.
    private struct Sample {
        var id: Int64
        var name: String
        var title: String
        var status: String?
        var score: Int?
        var seniority: String?
        var source: String
        var verifiedAt: Int64?
        var tech: String

        var words: [[UInt8]] = []
    }

    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private static func pick<Value>(_ values: [Value], _ dice: inout Dice) -> Value {
        values[Int.random(in: values.indices, using: &dice)]
    }

    private static func sample(_ id: Int64, _ dice: inout Dice) -> Sample {
        let names = ["Søren", "Anna", "Jürgen", "Mary", "Ann", "Wei", "Zoë", "山田太郎", "Марина", "O’Brien"]
        let titles = ["Engineer", "Senior Engineer", "VP of Sales", "CTO", "Head of People", ""]
        return Sample(
            id: id, name: "\(Self.pick(names, &dice)) \(Self.pick(names, &dice))",
            title: Self.pick(titles, &dice), status: Self.pick(["valid", "invalid", nil], &dice),
            score: Bool.random(using: &dice) ? Int.random(in: 0...100, using: &dice) : nil,
            seniority: Self.pick(["VP", "C-Level", nil], &dice),
            source: Self.pick(["published", "generated"], &dice),
            verifiedAt: Bool.random(using: &dice) ? Int64.random(in: 1...50, using: &dice) : nil,
            tech: Self.pick(["", "salesforce hubspot", "aws"], &dice))
    }

    private func put(_ samples: [Sample], _ storage: Storage) async throws {
        try await storage.write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO company (id, tenant, domain, createdAt, updatedAt) VALUES (1, 't', 'a.test', 0, 0)")
            for sample in samples {
                try db.execute(sql: "DELETE FROM lead WHERE id = ?", arguments: [sample.id])
                try db.execute(
                    sql: """
                        INSERT INTO lead (id, tenant, company, person, fullName, title, domain, seniority, source, score, status,
                            verifiedAt, tech, createdAt, updatedAt)
                        VALUES (?, 't', 1, '', ?, ?, '', ?, ?, ?, ?, ?, ?, 0, 0)
                        """,
                    arguments: [
                        sample.id, sample.name, sample.title, sample.seniority, sample.source, sample.score, sample.status,
                        sample.verifiedAt, sample.tech,
                    ])
                try db.execute(sql: "INSERT INTO leadChange (lead) VALUES (?)", arguments: [sample.id])
            }
        }
    }

    private func value(_ sample: Sample, _ facet: LeadFilter.Facet) -> String? {
        switch facet {
        case .status: sample.status
        case .scoreBucket: LeadFilter.Facet.bucket(ofScore: Int8(sample.score ?? -1))
        case .seniority: sample.seniority
        case .source: sample.source
        case .role, .size, .industry: nil
        }
    }

    private func fits(_ sample: Sample, _ query: LeadQuery, without facet: LeadFilter.Facet?) -> Bool {
        query.words.allSatisfy { word in sample.words.contains { $0.starts(with: word) } }
            && query.accepted.allSatisfy { number, accepted in
                let other = LeadFilter.Facet.allCases[number]
                return other == facet || value(sample, other).map(accepted.contains) ?? false
            }
            && Int8(sample.score ?? -1) >= query.scoreAtLeast ?? .min && sample.verifiedAt ?? 0 >= query.verifiedSince ?? .min
            && (query.tech.isEmpty
                || sample.tech.split(separator: " ").contains { query.tech.contains(LeadQuery.techTerm(Array($0.utf8))) })
            && query.only?.contains(sample.id) ?? true
    }

    private func key(_ sample: Sample, _ query: LeadQuery) -> Int64 {
        query.sortsByScore ? Int64(sample.score ?? -1) : sample.verifiedAt ?? 0
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `searches find what brute force finds, while leads change`(seed: UInt64) async throws {
        let workshop = try Workshop(migrations: JobSchema.migrations + LeadSchema.migrations)
        let storage = workshop.storage
        let indexes = LeadIndexes(storage)
        var dice = Dice(state: seed)
        var known: [Int64: Sample] = [:]
        for round in 0..<25 {
            let ids =
                round == 0
                ? Array(1...800) : (0..<Int.random(in: 1...60, using: &dice)).map { _ in Int64.random(in: 1...900, using: &dice) }
            var changed = Set(ids).sorted().map { Self.sample($0, &dice) }
            for index in changed.indices {
                changed[index].words = SearchTokenizer.terms(of: "\(changed[index].name) \(changed[index].title)")
            }
            for sample in changed { known[sample.id] = sample }
            try await put(changed, storage)
            let gone = round > 0 ? Array(known.keys.sorted().prefix(Int.random(in: 0...3, using: &dice))) : []
            for id in gone { known[id] = nil }
            try await storage.write { db in
                for id in gone { try db.execute(sql: "DELETE FROM lead WHERE id = ?", arguments: [id]) }
            }
            for _ in 0..<20 {
                let query = randomQuery(&dice)
                let index = try await indexes.index(for: "t")
                let result = try #require(try await storage.read { try index.index(at: $0) }).search(query)
                expectSame(result, query, Array(known.values))
            }
        }
    }

    private func randomQuery(_ dice: inout Dice) -> LeadQuery {
        var query = LeadQuery()
        let words = ["soren", "an", "eng", "JÜRG", "太", "мари", "sal", "o", "brien", ""]
        query.words = SearchTokenizer.terms(
            of: (0..<Int.random(in: 0...2, using: &dice)).map { _ in Self.pick(words, &dice) }.joined(separator: " "))
        if Bool.random(using: &dice) { query.accepted[LeadFilter.Facet.status.number] = ["valid", "nothing"] }
        if Bool.random(using: &dice) { query.accepted[LeadFilter.Facet.seniority.number] = ["VP"] }
        if Int.random(in: 0..<4, using: &dice) == 0 { query.scoreAtLeast = 40 }
        if Int.random(in: 0..<4, using: &dice) == 0 { query.verifiedSince = 20 }
        if Int.random(in: 0..<5, using: &dice) == 0 {
            query.tech = ["hubspot", "aws"].map { LeadQuery.techTerm(Array($0.utf8)) }
        }
        if Int.random(in: 0..<5, using: &dice) == 0 { query.only = Array(stride(from: 1, through: 900, by: 7)) }
        query.sortsByScore = Bool.random(using: &dice)
        query.isDescending = Bool.random(using: &dice)
        query.limit = Int.random(in: 1...30, using: &dice)
        if Int.random(in: 0..<3, using: &dice) == 0 {
            query.cursor = (Int64.random(in: -1...60, using: &dice), Int64.random(in: 0...900, using: &dice))
        }
        query.counted = LeadFilter.Facet.allCases.map(\.number).filter { _ in Bool.random(using: &dice) }
        return query
    }

    private func expectSame(_ result: LeadIndex.Result, _ query: LeadQuery, _ samples: [Sample]) {
        let hasWords = samples.contains { sample in
            query.words.allSatisfy { word in sample.words.contains { $0.starts(with: word) } }
                && query.only?.contains(sample.id) ?? true
        }
        // Near terms have a test of their own.
        guard hasWords || query.words.isEmpty else { return }
        func isBefore(_ one: (Int64, Int64), _ other: (Int64, Int64)) -> Bool {
            one.0 != other.0 ? (one.0 > other.0) == query.isDescending : one.1 < other.1
        }
        let fitting = samples.filter { fits($0, query, without: nil) }.map { (key($0, query), $0.id) }
            .filter { lead in query.cursor.map { isBefore(($0.key, $0.id), lead) } ?? true }.sorted(by: isBefore)
        #expect(result.leads.map(\.id) == fitting.prefix(query.limit + 1).map(\.1))
        guard query.cursor == nil else { return }
        for (number, counts) in zip(query.counted, result.counts) {
            let facet = LeadFilter.Facet.allCases[number]
            let expected = samples.filter { fits($0, query, without: facet) }.compactMap { value($0, facet) }
                .reduce(into: [:]) { $0[$1, default: 0] += Int64(1) }
            #expect(counts == expected, "\(facet)")
        }
    }

    @Test func `an index that is far behind, or behind what was forgotten, catches up`() async throws {
        let workshop = try Workshop(migrations: JobSchema.migrations + LeadSchema.migrations)
        let storage = workshop.storage
        let indexes = LeadIndexes(storage)
        var dice = Dice(state: 9)
        try await put((1...50).map { Self.sample($0, &dice) }, storage)
        let index = try await indexes.index(for: "t")
        #expect(try await storage.read { try index.index(at: $0) }?.count == 50)
        try await put((51...200).map { Self.sample($0, &dice) }, storage)
        // All changes but the last are gone.
        try await storage.write {
            try $0.execute(sql: "DELETE FROM leadChange WHERE position < (SELECT max(position) FROM leadChange)")
        }
        #expect(try await storage.read { try index.index(at: $0) == nil })
        let built = try await indexes.bringForward("t")
        #expect(try await storage.read { try built.index(at: $0) }?.search(LeadQuery(limit: 500)).leads.count == 200)
    }

    @Test func `a word with a mistake finds who is meant`() async throws {
        let workshop = try Workshop(migrations: JobSchema.migrations + LeadSchema.migrations)
        let storage = workshop.storage
        let indexes = LeadIndexes(storage)
        var sample = Sample(id: 1, name: "Jennifer Kowalski", title: "CTO", source: "published", tech: "")
        try await put([sample], storage)
        sample.id = 2
        sample.name = "Марина Достоевская"
        try await put([sample], storage)
        func ids(_ words: String) async throws -> [Int64] {
            let index = try await indexes.index(for: "t")
            let result = try #require(try await storage.read { try index.index(at: $0) })
                .search(LeadQuery(words: SearchTokenizer.terms(of: words)))
            #expect(result.isApproximate == (!result.leads.isEmpty && !["jennifer", "kowalski cto"].contains(words)), "\(words)")
            return result.leads.map(\.id)
        }
        for words in ["jennifer", "jenifer", "jennyfer", "jennifre", "jennifr kowalsky", "kowalski cto", "kowlaski", "KOWALSKII"]
        {
            #expect(try await ids(words) == [1], "\(words)")
        }
        #expect(try await ids("достаевская") == [2])
        for words in ["cfo", "jexxxfer", "wennifer", "kowalski cfo"] { #expect(try await ids(words) == [], "\(words)") }
    }

    @Test(arguments: [
        ("Jürgen O'Brien-Smith", ["jurgen", "o", "brien", "smith"]), ("ＡＢＣ", ["abc"]),
        ("Straße Łódź ĐOKOVIĆ", ["strasse", "lodz", "dokovic"]),
        ("a@b.test", ["a", "b", "test"]), ("", []), ("—…!", []), ("Ⅳ 5", ["iv", "5"]), ("山田", ["山田"]),
    ])
    func `terms are words in lower case without marks`(text: String, terms: [String]) {
        #expect(SearchTokenizer.terms(of: text).map { String(decoding: $0, as: UTF8.self) } == terms)
        var indexed: [String] = []
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            SearchTokenizer.index(bytes) { indexed.append(String(decoding: $0, as: UTF8.self)) }
        }
        #expect(Set(terms).isSubset(of: indexed))
    }

    @Test func `long terms are cut alike in texts and queries`() {
        for text in [String(repeating: "x", count: 500), String(repeating: "я", count: 500)] {
            var indexed: [[UInt8]] = []
            Array(text.utf8).withUnsafeBufferPointer { SearchTokenizer.index($0) { indexed.append(Array($0)) } }
            #expect(indexed == SearchTokenizer.terms(of: text))
            #expect(indexed[0].count == 64)
        }
    }
}
