import Foundation
import Testing

@testable import Tabular

@Suite("Filtering rows")
struct FilteringTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    static let table = """
        id,name,age,member,joined
        1,Ann,30,true,2020-01-31
        2,bob,007,FALSE,2019-06-01
        3,Çelik,,yes,
        4,"",-2.5,True,2021-12-24
        5,ann lee,1e2,false,not a date
        6,Dee,abc,TRUE,2020-02-01

        """

    /// Ids of the rows that an expression lets through.
    func ids(_ expression: String) throws -> String {
        try ids(try Step.filter(expression: expression))
    }

    func ids(_ step: Step) throws -> String {
        let result = try bench.transform(FilteringTests.table, steps: [step, .selectColumns(["id"])])
        #expect(result.outcome.ledger.rowsRead == 6)
        return result.lines.dropFirst().joined()
    }

    @Test(arguments: [
        ("name eq Ann", "1"), ("name ne Ann", "23456"), ("name eq ''", "4"), ("name is_null", ""), ("age is_null", "3"),
        ("age not_null", "12456"), ("age gt 29", "15"), ("age >= 30", "15"), ("age lt 7", "4"), ("age le 7", "24"),
        ("age eq 7", ""), ("age eq 007", "2"), ("age between 0,50", "12"), ("name in Ann,Dee", "16"),
        ("name not_in Ann,Dee,''", "235"), ("age not_in 30", "2456"), ("name contains ann", "5"), ("name starts_with A", "1"),
        ("name ends_with e", "56"), ("joined gt 2020-01-01", "146"), ("joined between '2020-01-01','2020-12-31'", "16"),
        ("name regex ^[A-Z]..$", "16"), ("name regex '(?i)^ann'", "15"), ("name regex '.elik'", "3"), ("name regex ^$", "4"),
        ("member eq TRUE", "6"), ("id > 4", "56"), ("'name' eq 'ann lee'", "5"), ("name eq ann lee", "5"),
    ])
    func `an expression lets the right rows through`(_ expression: String, _ expected: String) throws {
        #expect(try ids(expression) == expected)
    }

    @Test func `numbers in a recipe compare by value, also for equality`() throws {
        #expect(try ids(.filter(Filter(column: "age", comparison: .eq, values: [.number("7")]))) == "2")
        #expect(try ids(.filter(Filter(column: "age", comparison: .ne, values: [.number("7")]))) == "145")
        #expect(try ids(.filter(Filter(column: "age", comparison: .in, values: [.number("100"), .number("30.0")]))) == "15")
    }

    @Test func `truth values match in any case, and only truth values`() throws {
        #expect(try ids(.filter(Filter(column: "member", comparison: .eq, values: [.truth(true)]))) == "146")
        #expect(try ids(.filter(Filter(column: "member", comparison: .ne, values: [.truth(true)]))) == "25")
    }

    @Test func `case can be ignored, beyond ASCII too`() throws {
        func without(_ comparison: Comparison, _ text: String) -> Step {
            .filter(Filter(column: "name", comparison: comparison, values: [.text(text)], isCaseSensitive: false))
        }
        #expect(try ids(without(.eq, "BOB")) == "2")
        #expect(try ids(without(.eq, "çelik")) == "3")
        #expect(try ids(without(.contains, "ANN")) == "15")
        #expect(try ids(without(.regex, "^ç")) == "3")
    }

    @Test func `integers compare exactly beyond what a double holds`() throws {
        let result = try bench.transform(
            "id\n9007199254740993\n9007199254740992\n",
            steps: [.filter(Filter(column: "id", comparison: .gt, values: [.number("9007199254740992")]))])
        #expect(result.text == "id\n9007199254740993\n")
    }

    @Test func `long lists are searched quickly and exactly`() throws {
        let values = (0..<500).map { Operand.text("k\($0 * 2)") }
        let input = "k,v\n" + (0..<1000).map { "k\($0),\($0)\n" }.joined()
        let among = try bench.transform(input, steps: [.filter(Filter(column: "k", comparison: .in, values: values))])
        #expect(among.outcome.ledger == Ledger(rowsRead: 1000, rowsWritten: 500, rowsFiltered: 500))
        let others = try bench.transform(input, steps: [.filter(Filter(column: "k", comparison: .notIn, values: values))])
        #expect(others.outcome.ledger.rowsWritten == 500)
        #expect(others.lines[1] == "k1,1")
    }

    @Test func `quoted cells compare by what they say`() throws {
        let result = try bench.transform(
            "a,b\n1,\"x\"\"y\"\n2,\"x,y\"\n3,x\n", steps: [.filter(Filter(column: "b", comparison: .eq, values: [.text("x\"y")]))]
        )
        #expect(result.text == "a,b\n1,\"x\"\"y\"\n")
    }

    @Test func `a column that is not there is refused with the nearest name`() throws {
        let failure = #expect(throws: TabularFailure.self) { try ids("nmae eq Ann") }
        #expect(failure?.code == "column_not_found")
        #expect(failure?.message.contains("Did you mean \"name\"?") == true)
    }

    @Test(arguments: [
        "", "name", "name equals x", "name eq", "name is_null x", "age between 1", "age between 1,2,3", "name in", "name eq 'x",
        "name regex (", "name regex a**", "name regex \\1", "name regex (?=x)", "name regex [z-a]",
    ])
    func `an expression that makes no sense is refused`(_ expression: String) {
        #expect(throws: InvalidStep.self) { try Step.filter(expression: expression) }
    }
}

@Suite("Taking steps")
struct TakingStepsTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    static let table = "a,b,c\n1,x,p\n2,y,q\n3,z,r\n4,x,s\n"

    @Test func `columns are selected in the order asked for`() throws {
        #expect(try bench.transform(Self.table, steps: [.selectColumns(["c", "a"])]).text == "c,a\np,1\nq,2\nr,3\ns,4\n")
        #expect(bench.failure(Self.table, steps: [.selectColumns(["d"])]) == "column_not_found")
    }

    @Test func `columns are dropped, but not all of them`() throws {
        #expect(try bench.transform(Self.table, steps: [.dropColumns(["b"])]).lines[1] == "1,p")
        #expect(bench.failure(Self.table, steps: [.dropColumns(["a", "b", "c"])]) == "no_columns")
    }

    @Test func `names can be exchanged, but not doubled`() throws {
        let swapped: Step = .renameColumns([.init(from: "a", to: "b"), .init(from: "b", to: "a")])
        #expect(try bench.transform(Self.table, steps: [swapped]).lines[0] == "b,a,c")
        #expect(bench.failure(Self.table, steps: [.renameColumns([.init(from: "a", to: "b")])]) == "column_exists")
    }

    @Test func `a step after a renaming uses the new name`() throws {
        let rename: Step = .renameColumns([.init(from: "b", to: "kind")])
        let filter: Step = .filter(Filter(column: "kind", comparison: .eq, values: [.text("x")]))
        #expect(try bench.transform(Self.table, steps: [rename, filter]).text == "a,kind,c\n1,x,p\n4,x,s\n")
        #expect(bench.failure(Self.table, steps: [filter, rename]) == "column_not_found")
    }

    @Test func `a limit ends the reading with its last row`() throws {
        let result = try bench.transform(Self.table, steps: [.limit(2)])
        #expect(result.text == "a,b,c\n1,x,p\n2,y,q\n")
        #expect(result.outcome.ledger == Ledger(rowsRead: 2, rowsWritten: 2))
        #expect(try bench.transform(Self.table, steps: [.limit(0)]).text == "a,b,c\n")
        #expect(try bench.transform(Self.table, steps: [.limit(99)]).outcome.ledger.rowsWritten == 4)
    }

    @Test func `a limit counts what the filter before it lets through, a filter after it takes from the limit`() throws {
        let filter: Step = .filter(Filter(column: "b", comparison: .eq, values: [.text("x")]))
        #expect(try bench.transform(Self.table, steps: [filter, .limit(2)]).lines.count == 4)
        #expect(try bench.transform(Self.table, steps: [.limit(2), filter]).text == "a,b,c\n1,x,p\n")
    }

    @Test(arguments: [1, 7, 63, 64, 65, 500])
    func `a limit is exact wherever a block ends`(_ n: Int) throws {
        let input = "k,v\n" + (0..<400).map { "k\($0),\"v\n\($0)\"\n" }.joined()
        let even: Step = .filter(Filter(column: "k", comparison: .regex, values: [.text("[02468]$")]))
        let result = try bench.transform(input, to: .jsonl, steps: [even, .limit(Int64(n))], threads: 3)
        #expect(result.outcome.ledger.rowsWritten == Int64(min(n, 200)))
        #expect(result.lines.dropLast().enumerated().allSatisfy { $1.hasPrefix("{\"k\":\"k\($0 * 2)\"") })
    }

    @Test func `a recipe is read, and written as it is read`() throws {
        let json = """
            [{"type":"filter","params":{"column":"a","operator":"gte","value":2}},
             {"type":"filter","params":{"column":"b","operator":"in","values":["x","y"],"case_sensitive":false}},
             {"type":"filter","params":{"column":"b","operator":"not_null"}},
             {"type":"select_columns","params":{"columns":["a","b"]}},{"type":"drop_columns","params":{"columns":["b"]}},
             {"type":"rename_columns","params":{"mapping":{"a":"A"}}},{"type":"limit","params":{"n":5}},
             {"type":"convert_format","params":{"to_format":"parquet"}}]
            """
        let recipe = try Recipe.parse(json: Data(json.utf8))
        #expect(recipe.steps.count == 8)
        #expect(recipe.outputFormat(input: .csv) == .parquet)
        #expect(try Recipe(recipe.json) == recipe)
        #expect(try Recipe.parse(json: Data("[]".utf8)).outputFormat(input: .jsonl) == .jsonl)
    }

    @Test(arguments: [
        (#"{}"#, "processing_steps"), (#"[1]"#, "processing_steps[0]"), (#"[{"params":{}}]"#, "processing_steps[0].type"),
        (#"[{"type":"fliter","params":{}}]"#, "processing_steps[0].type"),
        (#"[{"type":"limit","params":{"n":1}},{"type":"limit","params":{"n":-1}}]"#, "processing_steps[1].params.n"),
        (#"[{"type":"limit","params":{"rows":1}}]"#, "processing_steps[0].params.rows"),
        (#"[{"type":"filter","params":{"column":"a","operator":"eqq","value":1}}]"#, "processing_steps[0].params.operator"),
        (#"[{"type":"filter","params":{"operator":"eq","value":1}}]"#, "processing_steps[0].params.column"),
        (#"[{"type":"filter","params":{"column":"a","operator":"eq"}}]"#, "processing_steps[0].params.value"),
        (#"[{"type":"filter","params":{"column":"a","operator":"eq","value":null}}]"#, "processing_steps[0].params.value"),
        (#"[{"type":"filter","params":{"column":"a","operator":"between","value":[1]}}]"#, "processing_steps[0].params.value"),
        (#"[{"type":"filter","params":{"column":"a","operator":"gt","value":true}}]"#, "processing_steps[0].params.value"),
        (#"[{"type":"filter","params":{"column":"a","operator":"regex","value":"("}}]"#, "processing_steps[0].params.value"),
        (#"[{"type":"select_columns","params":{"columns":["a","a"]}}]"#, "processing_steps[0].params.columns[1]"),
        (#"[{"type":"convert_format","params":{"to_format":"xlsx"}}]"#, "processing_steps[0].params.to_format"),
    ])
    func `a step that makes no sense is refused by its field`(_ json: String, _ field: String) {
        let invalid = #expect(throws: InvalidStep.self) { try Recipe.parse(json: Data(json.utf8)) }
        #expect(invalid?.field == field)
    }

    @Test func `a refusal names what was probably meant`() {
        let invalid = #expect(throws: InvalidStep.self) {
            try Recipe.parse(json: Data(#"[{"type":"fliter","params":{}}]"#.utf8))
        }
        #expect(invalid?.message.contains("did you mean \"filter\"?") == true)
    }
}
