import Core
import Testing
import Web

@testable import Transforms

@Suite("Reading steps from a form")
struct StepFormTests {
    @Test func `an empty form has no steps`() throws {
        #expect(try StepForm.steps(Form("filter_column=&filter_operator=eq&filter_value=&select_columns=&to_format=")) == [])
    }

    @Test func `every field becomes its step, in the order of the page`() throws {
        let form = Form(
            "filter_column=country&filter_operator=in&filter_value=India%2C+%22Cote%2C+d%22&filter_column=age&filter_operator=gt&filter_value=30"
                + "&select_columns=a%2C+b&drop_columns=c&rename_columns=a%3Dx%0D%0Ab%3Dy&limit=5&to_format=parquet")
        #expect(
            try StepForm.steps(form) == [
                ["type": "filter", "params": ["column": "country", "operator": "in", "value": ["India", "Cote, d"]]],
                ["type": "filter", "params": ["column": "age", "operator": "gt", "value": "30"]],
                ["type": "select_columns", "params": ["columns": ["a", "b"]]],
                ["type": "drop_columns", "params": ["columns": ["c"]]],
                ["type": "rename_columns", "params": ["mapping": ["a": "x", "b": "y"]]], ["type": "limit", "params": ["n": 5]],
                ["type": "convert_format", "params": ["to_format": "parquet"]],
            ])
    }

    @Test(arguments: ["filter_column=&filter_value=x", "rename_columns=a", "rename_columns=%3Db", "limit=many", "limit=-1"])
    func `a field that is half filled in is refused`(text: String) {
        #expect(#expect(throws: Failure.self) { try StepForm.steps(Form(text)) }?.code == "invalid_form")
    }

    @Test func `a refusal names its field`() {
        let fields = [
            "filter_column=a&filter_column=&filter_value=1&filter_value=2": "filter-column-2", "limit=many": "limit",
            "rename_columns=a": "rename-columns", "steps=%7B": "steps",
        ]
        for (text, field) in fields {
            let failure = #expect(throws: Failure.self) { try StepForm.steps(Form(text)) }
            #expect(failure?.details?["field"] == .string(field))
        }
    }

    @Test func `steps that the form made are shown in its fields again`() throws {
        let steps: JSON = [
            ["type": "filter", "params": ["column": "country", "operator": "in", "value": ["India", "Cote, d", "\"q\"", " "]]],
            ["type": "filter", "params": ["column": "age", "operator": "is_null"]],
            ["type": "select_columns", "params": ["columns": ["a", "b, c"]]],
            ["type": "rename_columns", "params": ["mapping": ["a": "x=y", "b": "z"]]], ["type": "limit", "params": ["n": 5]],
            ["type": "convert_format", "params": ["to_format": "parquet"]],
        ]
        let form = StepForm.form(of: steps)
        #expect(form["steps"] == nil)
        #expect(form.all("filter_column") == ["country", "age"])
        #expect(form["limit"] == "5")
        #expect(try StepForm.steps(form) == steps)
    }

    @Test(
        arguments: [
            // Of a number the form would make a text, and these compare in another way.
            [["type": "filter", "params": ["column": "age", "operator": "gt", "value": 30]]],
            [
                ["type": "limit", "params": ["n": 5]],
                ["type": "filter", "params": ["column": "a", "operator": "eq", "value": "x"]],
            ],
            [
                ["type": "select_columns", "params": ["columns": ["a", "b"]]],
                ["type": "select_columns", "params": ["columns": ["a"]]],
            ],
            [["type": "filter", "params": ["column": "a", "operator": "eq", "value": "x", "case_sensitive": false]]],
        ] as [JSON])
    func `steps that say more than the fields can are shown as they are`(steps: JSON) throws {
        let form = StepForm.form(of: steps)
        #expect(form["filter_column"] == nil)
        #expect(try StepForm.steps(form) == steps)
    }
}
