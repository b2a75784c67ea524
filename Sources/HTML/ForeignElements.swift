/// SVG and MathML inside of a page (HTML Living Standard, section 13.2.6.5).
extension HTMLTreeBuilder {
    /// Whether HTML is meant inside of a foreign element.
    func isIntegrated(_ node: Int, _ token: HTMLTokens.Token) -> Bool {
        let element = tree.nodes[node]
        let isText = if case .text = token { true } else { false }
        if element.namespace == .mathML, ["mi", "mo", "mn", "ms", "mtext"].contains(element.name) {
            if isText { return true }
            if case .start(let tag) = token, tag.name != "mglyph", tag.name != "malignmark" { return true }
        }
        if element.namespace == .mathML, element.name == "annotation-xml", case .start(let tag) = token, tag.name == "svg" {
            return true
        }
        let isHTML =
            element.namespace == .svg
            ? ["foreignObject", "desc", "title"].contains(element.name)
            : element.name == "annotation-xml"
                && ["text/html", "application/xhtml+xml"].contains(element["encoding"]?.lowercased() ?? "")
        if isHTML {
            if isText { return true }
            if case .start = token { return true }
        }
        return false
    }

    mutating func insertForeign(_ tag: Tag, _ namespace: HTMLTree.Namespace) {
        var tag = tag
        if namespace == .svg { tag.name = ForeignNames.svgTags[tag.name] ?? tag.name }
        for index in tag.attributes.indices {
            let name = tag.attributes[index].name
            if namespace == .mathML, name == "definitionurl" { tag.attributes[index].name = "definitionURL" }
            if namespace == .svg, let proper = ForeignNames.svgAttributes[name] { tag.attributes[index].name = proper }
        }
        insert(tag, namespace)
        if tag.isSelfClosing { pop() }
    }

    mutating func foreign(_ token: HTMLTokens.Token) {
        switch token {
        case .text(let bytes): text(bytes)
        case .comment(let bytes): comment(bytes)
        case .doctype, .finished: break
        case .start(let tag):
            let isFont = tag.name == "font" && tag.attributes.contains { ["color", "face", "size"].contains($0.name) }
            if isFont || ForeignNames.breakingOut.contains(tag.name) {
                breakOut()
                return inMode(token)
            }
            insertForeign(tag, stack.last.map { tree.nodes[$0].namespace } ?? .svg)
        case .end(let tag):
            if tag.name == "br" || tag.name == "p" {
                breakOut()
                return inMode(token)
            }
            for index in stack.indices.reversed() {
                guard index > 0 else { return }
                let node = tree.nodes[stack[index]]
                if index < stack.count - 1, node.namespace == .html { return inMode(token) }
                if node.name.lowercased() == tag.name {
                    stack.removeSubrange(index...)
                    return
                }
            }
        }
    }

    private mutating func breakOut() {
        while let last = stack.last {
            let node = tree.nodes[last]
            let isTextPoint = node.namespace == .mathML && ["mi", "mo", "mn", "ms", "mtext"].contains(node.name)
            if node.namespace == .html || isTextPoint || isIntegrated(last, .start(Tag(name: "p"))) { return }
            stack.removeLast()
        }
    }
}

private enum ForeignNames {
    static let breakingOut: Set = [
        "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2", "h3", "h4",
        "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small",
        "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var",
    ]
    static let svgTags = bySmallLetters(
        """
        altGlyph altGlyphDef altGlyphItem animateColor animateMotion animateTransform clipPath feBlend feColorMatrix
        feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood
        feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight
        feSpecularLighting feSpotLight feTile feTurbulence foreignObject glyphRef linearGradient radialGradient textPath
        """)
    static let svgAttributes = bySmallLetters(
        """
        attributeName attributeType baseFrequency baseProfile calcMode clipPathUnits diffuseConstant edgeMode filterUnits glyphRef
        gradientTransform gradientUnits kernelMatrix kernelUnitLength keyPoints keySplines keyTimes lengthAdjust
        limitingConeAngle markerHeight markerUnits markerWidth maskContentUnits maskUnits numOctaves pathLength patternContentUnits
        patternTransform patternUnits pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits refX refY
        repeatCount repeatDur requiredExtensions requiredFeatures specularConstant specularExponent spreadMethod startOffset
        stdDeviation stitchTiles surfaceScale systemLanguage tableValues targetX targetY textLength viewBox viewTarget
        xChannelSelector yChannelSelector zoomAndPan
        """)

    private static func bySmallLetters(_ names: String) -> [String: String] {
        Dictionary(names.split(whereSeparator: \.isWhitespace).map { ($0.lowercased(), String($0)) }, uniquingKeysWith: { $1 })
    }
}
