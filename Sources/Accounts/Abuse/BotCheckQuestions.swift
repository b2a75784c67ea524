package import Core
package import Crypto
package import Web

/// Small sums in words, for browsers without scripts. A program can learn them; that is why few may come this way, each and
/// all together.
package struct Questions: Sendable {
    private let seal: BotCheckSeal
    private let limiter: RateLimiter
    private let spend: Spend

    package enum Limits {
        package static let lifeSeconds = 600.0
        /// Nobody reads a page and answers sooner.
        package static let leastSeconds = 3.0
        static let answerCharacters = 40
        static let tokenCharacters = 300
        static let answerHashBytes = 16
    }

    package init(key: SymmetricKey, limiter: RateLimiter, spend: @escaping Spend) {
        seal = BotCheckSeal(key: key, purpose: "question")
        self.limiter = limiter
        self.spend = spend
    }

    package struct Question: Sendable, Equatable {
        package let text: String
        /// Goes back with the answer.
        package let token: String
    }

    package func ask(now: Moment = .now) -> Question {
        var random = SystemRandomNumberGenerator()
        let sum = Sum(using: &random)
        let stamp = BotCheckStamp(issued: now, lifeSeconds: Limits.lifeSeconds)
        return Question(text: sum.text, token: seal.seal(stamp.bytes + hash(sum.answer, stamp)))
    }

    /// One try: a wrong answer uses the question up.
    /// - Throws: `Failure` `bot_check_failed`, or `rate_limited`.
    package func verify(_ answer: String, to token: String, remoteAddress: String, now: Moment = .now) async throws {
        try limiter.spend(.registerWithoutScript, .address(remoteAddress))
        try limiter.spend(.registerWithoutScriptOverall, .everyone)
        guard token.utf8.count <= Limits.tokenCharacters, let bytes = seal.open(token), let stamp = BotCheckStamp(bytes),
            bytes.count == BotCheckStamp.byteCount + Limits.answerHashBytes
        else { throw Self.missing }
        guard stamp.expires > now else { throw BotCheck.stale }
        guard now >= stamp.issued.adding(seconds: Limits.leastSeconds) else { throw Self.quick }
        guard !answer.trimmed.isEmpty else { throw Self.missing }
        // Used up before the answer is looked at, so that a thousand tries at once are one try.
        guard try await spend(Token.hash(token), stamp.expires) else { throw BotCheck.used }
        guard let number = Self.number(answer), hash(number, stamp) == Array(bytes.suffix(Limits.answerHashBytes)) else {
            throw Self.wrong
        }
    }

    private func hash(_ answer: Int, _ stamp: BotCheckStamp) -> [UInt8] {
        Array(seal.hash(String(answer), with: stamp.nonce).prefix(Limits.answerHashBytes))
    }

    /// `19`, `nineteen`, `Twenty-one.`
    static func number(_ answer: String) -> Int? {
        guard answer.utf8.count <= Limits.answerCharacters else { return nil }
        let letters = answer.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return Int(letters) ?? (0...Sum.most).first { Sum.words($0).filter(\.isLetter) == letters }
    }

    private static let missing = BotCheck.failed("Please answer the question at the end of the form.")
    private static let quick = BotCheck.failed("That was quicker than anybody reads; please answer the question once more.")
    private static let wrong = BotCheck.failed("That was not the answer; here is another question.")
}

/// A question with a number as its answer.
struct Sum: Equatable {
    let text: String
    let answer: Int

    /// The largest number in questions and answers.
    static let most = 99

    init(using random: inout some RandomNumberGenerator) {
        let (one, other) = (Int.random(in: 2...20, using: &random), Int.random(in: 2...20, using: &random))
        let (small, smaller) = (Int.random(in: 2...9, using: &random), Int.random(in: 2...9, using: &random))
        let (a, b) = (Self.words(one), Self.words(other))
        let questions: [(String, Int)] = [
            ("What is \(a) plus \(b)?", one + other),
            ("How much are \(a) and \(b) together?", one + other),
            ("What is \(Self.words(one + other)) minus \(b)?", one),
            ("Take \(b) away from \(Self.words(one + other)): what is left?", one),
            ("What is \(Self.words(small)) times \(Self.words(smaller))?", small * smaller),
            ("How many days are there in \(Self.words(small)) weeks?", small * 7),
            ("What is half of \(Self.words(one * 2))?", one),
            ("What is twice \(a)?", one * 2),
            ("Which number comes right after \(a)?", one + 1),
            ("Which number comes right before \(a)?", one - 1),
            ("Which is larger, \(a) or \(Self.words(one + small))?", one + small),
            ("Which is smaller, \(Self.words(one + small)) or \(a)?", one),
            ("How many legs have \(Self.words(small)) cats?", small * 4),
        ]
        (text, answer) = questions[Int.random(in: questions.indices, using: &random)]
    }

    /// 0...99 in words.
    static func words(_ number: Int) -> String {
        let small = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
        ]
        let tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
        switch number {
        case 0..<20: return small[number]
        default: return number % 10 == 0 ? tens[number / 10 % 10] : "\(tens[number / 10 % 10])-\(small[number % 10])"
        }
    }
}
