import Core
import HTTPTypes
import Hummingbird

/// The head of a request, before anybody compares, splits or hashes it: with marks without end in it all of that takes time that
/// grows with the square of their number.
enum RequestText {
    /// - Throws: `Failure` `too_many_marks`.
    static func mustHaveFewMarks(_ request: Request) throws {
        let address = request.uri.string
        guard !address.utf8.contains(UInt8(ascii: "%")) && isASCII(address) || Form.decoded(address).hasFewMarks else {
            throw TextLimits.tooManyMarks
        }
        for field in request.headers where !isASCII(field.value) && !field.value.hasFewMarks { throw TextLimits.tooManyMarks }
    }

    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }
}
