import Crypto
import Testing
import Web

@testable import Accounts

@Suite("Proving that a form is ours")
struct FormTokensTests {
    let tokens = FormTokens(key: SymmetricKey(size: .bits256))

    @Test func `each page shows another text, and each is good for its session only`() {
        let shown = (0..<20).map { _ in tokens.token(session: "one") }
        #expect(Set(shown).count == 20)
        // Nothing of the code itself shows through: no place has the same letter in all of them.
        #expect(shown[0].indices.allSatisfy { index in Set(shown.map { $0[index] }).count > 1 })
        #expect(
            shown.allSatisfy {
                FormToken.isSame($0, tokens.token(session: "one")) && !FormToken.isSame($0, tokens.token(session: "two"))
            })
    }

    @Test func `nothing else is a token`() {
        let token = tokens.token(session: "one")
        let other = FormTokens(key: SymmetricKey(size: .bits256)).token(session: "one")
        for text in [
            nil, "", "A", String(token.dropLast(2)), token + "AA", "", "AAAA", String(repeating: "A", count: token.count), other,
        ] {
            #expect(!FormToken.isSame(text, tokens.token(session: "one")))
        }
    }
}
