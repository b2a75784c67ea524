import Core
import Testing

@testable import Discovery

@Suite("What a service says of an address")
struct AddressServiceTests {
    @Test(arguments: [
        (#"{"status":"deliverable"}"#, Verification.Fallback.deliverable), (#"{"result":"Valid"}"#, .deliverable),
        (#"{"status":"success","result":"valid"}"#, .deliverable), (#"{"status":"ok","result":"undeliverable"}"#, .undeliverable),
        (#"{"status":true,"data":{"result":"invalid"}}"#, .undeliverable), (#"{"is_reachable":"safe"}"#, .deliverable),
        (#"{"status":"ok","result":{"deliverability":"UNDELIVERABLE"}}"#, .undeliverable),
        (#"{"deliverable":false}"#, .undeliverable),
    ])
    func `its words are understood`(_ answer: String, _ meaning: Verification.Fallback) throws {
        #expect(AddressService.opinion(try JSON(parsing: Array(answer.utf8))) == meaning)
    }

    @Test(arguments: [
        #"{"status":"success"}"#, #"{"result":"unknown"}"#, #"{"result":"risky","deliverable":true}"#, "[]", "{}", #""valid""#,
        #"{"result":"valid","deliverable":false}"#, #"{"status":"ok","result":"catch_all"}"#, #"{"data":null}"#,
    ])
    func `what is no clear word says nothing`(_ answer: String) throws {
        #expect(AddressService.opinion(try JSON(parsing: Array(answer.utf8))) == nil)
    }
}
