import Core
import Testing

@Suite("Following a trace")
struct TraceTests {
    static let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func `a traceparent is read and written`() throws {
        let trace = try #require(Trace(traceparent: Self.good))
        #expect(trace.id == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(trace.traceparent == Self.good)
    }

    @Test func `a step of our own has the trace's id and a span of its own`() throws {
        let trace = try #require(Trace(traceparent: Self.good))
        let child = trace.child()
        #expect((child.id, child.flags) == (trace.id, trace.flags))
        #expect(child.span != trace.span)
    }

    @Test(arguments: [
        "", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ])
    func `what is none is refused`(text: String) {
        #expect(Trace(traceparent: text) == nil)
    }

    @Test func `a later version is read as far as it is known`() {
        #expect(Trace(traceparent: "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more") != nil)
    }

    @Test func `a new one is valid`() {
        for _ in 0..<100 { #expect(Trace(traceparent: Trace.new().traceparent) != nil) }
    }
}
