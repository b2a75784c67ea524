import Discovery
import Testing

@Suite("Turns at a host")
struct HostTurnsTests {
    private let start = ContinuousClock.now

    @Test func `one asks at a time, with a pause behind each`() {
        let turns = HostTurns()
        #expect(turns.begin("acme.test", by: "a", at: start) == 0)
        #expect(turns.begin("www.acme.test", by: "b", at: start) > 0)
        #expect(turns.begin("other.test", by: "b", at: start) == 0)
        turns.end("acme.test", by: "a", pauseSeconds: 3, at: start + .seconds(5))
        let wait = turns.begin("acme.test", by: "b", at: start + .seconds(6))
        #expect(abs(wait - 2) < 0.001)
        #expect(turns.begin("acme.test", by: "b", at: start + .seconds(8)) == 0)
    }

    @Test func `who has waited longest is next`() {
        let turns = HostTurns()
        #expect(turns.begin("acme.test", by: "a", at: start) == 0)
        #expect(turns.begin("acme.test", by: "b", at: start) > 0)
        #expect(turns.begin("acme.test", by: "c", at: start) > 0)
        turns.end("acme.test", by: "a", pauseSeconds: 1, at: start + .seconds(1))
        // A comes back, and C asks first: it is B's turn all the same.
        #expect(turns.begin("acme.test", by: "a", at: start + .seconds(2)) > 0)
        #expect(turns.begin("acme.test", by: "c", at: start + .seconds(2)) > 0)
        #expect(turns.begin("acme.test", by: "b", at: start + .seconds(2)) == 0)
    }

    @Test func `who is gone keeps nobody waiting`() {
        let turns = HostTurns()
        #expect(turns.begin("acme.test", by: "a", at: start) == 0)
        #expect(turns.begin("acme.test", by: "b", at: start) > 0)
        // Neither says a word any more.
        #expect(turns.begin("acme.test", by: "c", at: start + .seconds(61)) == 0)
        // What A gives back is C's by now.
        turns.end("acme.test", by: "a", pauseSeconds: 0, at: start + .seconds(61))
        #expect(turns.begin("acme.test", by: "b", at: start + .seconds(61)) > 0)
    }

    @Test func `who leaves keeps nobody waiting, and the host is left alone for a while`() {
        let turns = HostTurns(leastPause: 3)
        #expect(turns.begin("acme.test", by: "run/a", at: start) == 0)
        #expect(turns.begin("acme.test", by: "run/b", at: start) > 0)
        #expect(turns.begin("acme.test", by: "other/c", at: start) > 0)
        turns.leave(namesBeginning: "run/", at: start + .seconds(1))
        #expect(turns.begin("acme.test", by: "other/c", at: start + .seconds(2)) > 0)
        #expect(turns.begin("acme.test", by: "other/c", at: start + .seconds(4)) == 0)
    }

    @Test func `nobody has two places`() {
        let turns = HostTurns()
        #expect(turns.begin("acme.test", by: "a", at: start) == 0)
        #expect(turns.begin("other.test", by: "a", at: start) == 0)
        #expect(turns.begin("acme.test", by: "b", at: start) == 0)
    }

    @Test func `any number of hosts takes a bounded room`() {
        let turns = HostTurns()
        for number in 0..<100_000 {
            let host = "host\(number).test"
            _ = turns.begin(host, by: "a", at: start)
            turns.end(host, by: "a", pauseSeconds: 3600, at: start)
        }
        #expect(turns.count <= 20_000)
    }
}
