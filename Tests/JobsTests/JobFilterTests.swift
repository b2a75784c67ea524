import Core
import Jobs
import Testing
import Web

@Suite("Sorting and filtering jobs")
struct JobFilterTests {
    @Test(arguments: [
        ("created", "created_asc"), ("-created", "created_desc"), ("updated_at_desc", "updated_desc"), ("name_asc", "title_asc"),
        ("STATUS", "status_asc"),
    ])
    func `a sort has many names`(text: String, name: String) throws {
        #expect(try JobFilter.Sort(text).name == name)
    }

    @Test(arguments: ["", "size", "created_up", "_desc"])
    func `an unknown sort is refused`(text: String) {
        #expect(throws: Failure.self) { try JobFilter.Sort(text) }
    }

    @Test func `states are found by either wording, and by the text of people`() throws {
        let filter = try JobFilter(Form("status=CANCELLATION_REQUESTED&status=Applied&tag=+Remote"))
        #expect(filter.states == [.cancelling])
        #expect(filter.statusTexts.contains("applied"))
        #expect(filter.tags == ["remote"])
    }
}
