/// Office Math (ECMA-376, part 1, section 22.1) as LaTeX.
enum Equation {

    private static let deepest = 60

    /// Reads to the end of the element that has just begun.
    static func read(_ reader: inout XMLReader) throws -> String {
        try content(&reader, depth: 0).joined()
    }

    /// The children of the element that has just begun, each as LaTeX.
    private static func content(_ reader: inout XMLReader, depth: Int) throws -> [String] {
        let outside = reader.depth - 1
        var parts: [String] = []
        while try reader.nextStart(inside: outside) {
            if depth > deepest {
                try reader.skip()
            } else if let part = try element(&reader, depth: depth + 1) {
                parts.append(part)
            }
        }
        return parts
    }

    private static func element(_ reader: inout XMLReader, depth: Int) throws -> String? {
        let name = reader.name
        switch name {
        case "t": return escaped(try text(&reader))
        case "f":
            let parts = try children(&reader, ["num", "den"], depth)
            return "\\frac{\(parts["num"] ?? "")}{\(parts["den"] ?? "")}"
        case "sSup":
            let parts = try children(&reader, ["e", "sup"], depth)
            return "{\(parts["e"] ?? "")}^{\(parts["sup"] ?? "")}"
        case "sSub":
            let parts = try children(&reader, ["e", "sub"], depth)
            return "{\(parts["e"] ?? "")}_{\(parts["sub"] ?? "")}"
        case "sSubSup":
            let parts = try children(&reader, ["e", "sub", "sup"], depth)
            return "{\(parts["e"] ?? "")}_{\(parts["sub"] ?? "")}^{\(parts["sup"] ?? "")}"
        case "rad":
            let parts = try children(&reader, ["deg", "e"], depth)
            let degree = parts["deg"] ?? ""
            return degree.isEmpty ? "\\sqrt{\(parts["e"] ?? "")}" : "\\sqrt[\(degree)]{\(parts["e"] ?? "")}"
        case "nary":
            let parts = try children(&reader, ["sub", "sup", "e", "chr"], depth)
            let sign = operators[parts["chr"] ?? "∫"] ?? parts["chr"] ?? "\\int"
            let (sub, sup) = (parts["sub"] ?? "", parts["sup"] ?? "")
            return sign + (sub.isEmpty ? "" : "_{\(sub)}") + (sup.isEmpty ? "" : "^{\(sup)}") + " \(parts["e"] ?? "")"
        case "d":
            let parts = try children(&reader, ["e", "begChr", "endChr"], depth)
            return "\\left\(fence(parts["begChr"] ?? "("))\(parts["e"] ?? "")\\right\(fence(parts["endChr"] ?? ")"))"
        case "func":
            let parts = try children(&reader, ["fName", "e"], depth)
            let word = parts["fName"] ?? ""
            return (functions.contains(word) ? "\\\(word)" : word) + "{\(parts["e"] ?? "")}"
        case "acc":
            let parts = try children(&reader, ["e", "chr"], depth)
            return "\(accents[parts["chr"] ?? "\u{302}"] ?? "\\hat"){\(parts["e"] ?? "")}"
        case "bar": return "\\overline{\(try children(&reader, ["e"], depth)["e"] ?? "")}"
        case "limLow", "limUpp":
            let parts = try children(&reader, ["e", "lim"], depth)
            return "{\(parts["e"] ?? "")}\(name == "limLow" ? "_" : "^"){\(parts["lim"] ?? "")}"
        case "m":
            let rows = try rows(&reader, "mr", depth)
            return "\\begin{matrix}\(rows.joined(separator: " \\\\ "))\\end{matrix}"
        case "eqArr":
            return "\\begin{aligned}\(try cells(&reader, "e", depth).joined(separator: " \\\\ "))\\end{aligned}"
        case "rPr", "ctrlPr", "sSupPr", "sSubPr", "fPr", "radPr", "naryPr", "dPr", "funcPr", "accPr", "mPr", "del", "moveFrom":
            try reader.skip()
            return nil
        default: return try content(&reader, depth: depth).joined()
        }
    }

    private static func rows(_ reader: inout XMLReader, _ name: XMLName, _ depth: Int) throws -> [String] {
        let outside = reader.depth - 1
        var rows: [String] = []
        while try reader.nextStart(inside: outside) {
            if reader.name == name {
                rows.append(try cells(&reader, "e", depth).joined(separator: " & "))
            } else {
                try reader.skip()
            }
        }
        return rows
    }

    private static func cells(_ reader: inout XMLReader, _ name: XMLName, _ depth: Int) throws -> [String] {
        let outside = reader.depth - 1
        var cells: [String] = []
        while try reader.nextStart(inside: outside) {
            if reader.name == name { cells.append(try content(&reader, depth: depth + 1).joined()) } else { try reader.skip() }
        }
        return cells
    }

    /// The parts of a structure by name; characters that its properties tell are parts too. Several of one name stand with bars.
    private static func children(_ reader: inout XMLReader, _ names: [String], _ depth: Int) throws -> [String: String] {
        let outside = reader.depth - 1
        var found: [String: String] = [:]
        var parts: [String: [String]] = [:]
        let wanted = names.map { (XMLName(Array($0.utf8)), $0) }
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { break }
            guard event == .start, let name = wanted.first(where: { $0.0 == reader.name })?.1 else { continue }
            if let sign = reader.attribute("val"), name.hasSuffix("hr") {
                found[name] = sign
            } else {
                parts[name, default: []].append(try content(&reader, depth: depth + 1).joined())
            }
        }
        for (name, parts) in parts { found[name] = parts.joined(separator: " \\mid ") }
        return found
    }

    private static func text(_ reader: inout XMLReader) throws -> String {
        let outside = reader.depth - 1
        var text: [UInt8] = []
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { break }
            if event == .text { reader.appendText(to: &text) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "{", "}", "#", "$", "%", "&", "_": out += "\\\(character)"
            case "\\": out += "\\backslash "
            default: out += operators[String(character)].map { $0 + " " } ?? String(character)
            }
        }
        return out
    }

    private static func fence(_ sign: String) -> String {
        switch sign {
        case "": "."
        case "{", "}": "\\\(sign)"
        case "⟨": "\\langle "
        case "⟩": "\\rangle "
        default: sign
        }
    }

    private static let functions: Set<String> = [
        "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log", "ln", "lim", "max",
        "min",
        "exp", "det", "gcd", "sup", "inf",
    ]
    private static let accents = [
        "\u{302}": "\\hat", "\u{303}": "\\tilde", "\u{304}": "\\bar", "\u{305}": "\\overline", "\u{307}": "\\dot",
        "\u{308}": "\\ddot",
        "\u{20D7}": "\\vec",
    ]
    private static let operators = [
        "∑": "\\sum", "∏": "\\prod", "∫": "\\int", "∬": "\\iint", "∭": "\\iiint", "∮": "\\oint", "⋃": "\\bigcup", "⋂": "\\bigcap",
        "×": "\\times", "÷": "\\div", "±": "\\pm", "∓": "\\mp", "≤": "\\le", "≥": "\\ge", "≠": "\\ne", "≈": "\\approx",
        "∞": "\\infty", "→": "\\to", "∈": "\\in", "∉": "\\notin", "⊂": "\\subset", "∪": "\\cup", "∩": "\\cap", "∂": "\\partial",
        "∇": "\\nabla", "⋅": "\\cdot", "α": "\\alpha", "β": "\\beta", "γ": "\\gamma", "δ": "\\delta", "ε": "\\epsilon",
        "θ": "\\theta", "λ": "\\lambda", "μ": "\\mu", "π": "\\pi", "ρ": "\\rho", "σ": "\\sigma", "τ": "\\tau", "φ": "\\phi",
        "ω": "\\omega", "Γ": "\\Gamma", "Δ": "\\Delta", "Σ": "\\Sigma", "Φ": "\\Phi", "Ω": "\\Omega", "√": "\\surd",
        "∀": "\\forall",
        "∃": "\\exists", "¬": "\\neg", "∧": "\\wedge", "∨": "\\vee", "⇒": "\\Rightarrow", "⇔": "\\Leftrightarrow", "…": "\\dots",
    ]
}
