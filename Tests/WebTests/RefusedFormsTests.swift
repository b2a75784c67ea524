import Core
import Testing
import Web

@Suite("Keeping what was typed in a refused form")
struct RefusedFormsTests {
    private func forms(_ change: (inout RefusedFormLimits) -> Void = { _ in }) -> RefusedForms<String> {
        var limits = RefusedFormLimits()
        change(&limits)
        return RefusedForms(limits: limits)
    }

    @Test func `the page finds it as often as it is loaded, and nobody else does`() throws {
        let forms = forms()
        let key = try #require(forms.keep("words", bytes: 5, session: "a"))
        #expect(forms.value(key, session: "a") == "words")
        #expect(forms.value(key, session: "a") == "words")
        #expect(forms.value(key, session: "b") == nil)
        #expect(forms.value(key, session: nil) == nil)
        #expect(forms.value(nil, session: "a") == nil)
    }

    @Test func `it is forgotten after its time`() throws {
        let (forms, now) = (forms { $0.lifeSeconds = 60 }, Moment.now)
        let key = try #require(forms.keep("words", bytes: 5, session: "a", at: now))
        #expect(forms.value(key, session: "a", at: now.adding(seconds: 59)) == "words")
        #expect(forms.value(key, session: "a", at: now.adding(seconds: 60)) == nil)
    }

    @Test func `one session and all together keep so much only, and the oldest go`() throws {
        let forms = forms {
            $0.formsOfSession = 2
            $0.totalBytes = 30
            $0.formBytes = 20
        }
        #expect(forms.keep("large", bytes: 21, session: "a") == nil)
        let keys = try ["1", "2", "3"].map { try #require(forms.keep($0, bytes: 5, session: "a")) }
        #expect(keys.map { forms.value($0, session: "a") } == [nil, "2", "3"])
        let other = try #require(forms.keep("4", bytes: 20, session: "b"))
        #expect(forms.value(other, session: "b") == "4")
        #expect(keys.map { forms.value($0, session: "a") } == [nil, "2", "3"])
        _ = forms.keep("5", bytes: 5, session: "b")
        #expect(keys.map { forms.value($0, session: "a") } == [nil, nil, "3"])
    }
}
