/// What the modes do with tags (HTML Living Standard, sections 13.2.6.4.1 to 13.2.6.4.23).
extension HTMLTreeBuilder {
    mutating func start(_ tag: Tag) {
        switch mode {
        case .initial: anythingElse(.start(tag))
        case .beforeHTML:
            guard tag.name == "html" else { return anythingElse(.start(tag)) }
            insertHTMLElement(tag)
            mode = .beforeHead
        case .beforeHead:
            switch tag.name {
            case "html": bodyStart(tag)
            case "head":
                head = insert(tag)
                mode = .inHead
            default: anythingElse(.start(tag))
            }
        case .inHead: headStart(tag)
        case .inHeadNoscript:
            switch tag.name {
            case "html": bodyStart(tag)
            case "basefont", "bgsound", "link", "meta", "noframes", "style": headStart(tag)
            case "head", "noscript": break
            default: anythingElse(.start(tag))
            }
        case .afterHead: afterHeadStart(tag)
        case .inBody: bodyStart(tag)
        case .text: break
        case .inTable: tableStart(tag)
        case .inTableText:
            flushTableText()
            start(tag)
        case .inCaption:
            guard Self.tableParts.contains(tag.name) else { return bodyStart(tag) }
            if endCaption() { start(tag) }
        case .inColumnGroup:
            switch tag.name {
            case "html": bodyStart(tag)
            case "col":
                insert(tag)
                pop()
            case "template": headStart(tag)
            default:
                guard currentName == "colgroup" else { return }
                pop()
                mode = .inTable
                start(tag)
            }
        case .inTableBody:
            switch tag.name {
            case "tr":
                clearStack(to: ["tbody", "tfoot", "thead", "template", "html"])
                insert(tag)
                mode = .inRow
            case "th", "td":
                clearStack(to: ["tbody", "tfoot", "thead", "template", "html"])
                insert(Tag(name: "tr"))
                mode = .inRow
                start(tag)
            case "caption", "col", "colgroup", "tbody", "tfoot", "thead":
                if endTableBody() { start(tag) }
            default: tableStart(tag)
            }
        case .inRow:
            switch tag.name {
            case "th", "td":
                clearStack(to: ["tr", "template", "html"])
                insert(tag)
                mode = .inCell
                addMarker()
            case "caption", "col", "colgroup", "tbody", "tfoot", "thead", "tr":
                if endRow() { start(tag) }
            default: tableStart(tag)
            }
        case .inCell:
            guard Self.tableParts.contains(tag.name) else { return bodyStart(tag) }
            guard hasInScope("td", .table) || hasInScope("th", .table) else { return }
            closeCell()
            start(tag)
        case .inSelect: selectStart(tag)
        case .inSelectInTable:
            guard ["caption", "table", "tbody", "tfoot", "thead", "tr", "td", "th"].contains(tag.name) else {
                return selectStart(tag)
            }
            if hasInScope("select", .select) { popUntil("select") }
            resetMode()
            if mode == .inSelectInTable { mode = .inBody }
            start(tag)
        case .inTemplate:
            let next: Mode
            switch tag.name {
            case "base", "basefont", "bgsound", "link", "meta", "noframes", "script", "style", "template", "title":
                return headStart(tag)
            case "caption", "colgroup", "tbody", "tfoot", "thead": next = .inTable
            case "col": next = .inColumnGroup
            case "tr": next = .inTableBody
            case "td", "th": next = .inRow
            default: next = .inBody
            }
            if !templateModes.isEmpty { templateModes.removeLast() }
            templateModes.append(next)
            mode = next
            start(tag)
        case .afterBody, .afterAfterBody:
            if tag.name == "html" { return bodyStart(tag) }
            mode = .inBody
            start(tag)
        case .inFrameset:
            switch tag.name {
            case "html": bodyStart(tag)
            case "frameset": insert(tag)
            case "frame":
                insert(tag)
                pop()
            case "noframes": headStart(tag)
            default: break
            }
        case .afterFrameset, .afterAfterFrameset:
            if tag.name == "html" { bodyStart(tag) } else if tag.name == "noframes" { headStart(tag) }
        }
    }

    mutating func end(_ tag: Tag) {
        let name = tag.name
        switch mode {
        case .initial, .beforeHTML, .beforeHead:
            if mode == .initial || ["head", "body", "html", "br"].contains(name) { anythingElse(.end(tag)) }
        case .inHead:
            switch name {
            case "head":
                pop()
                mode = .afterHead
            case "body", "html", "br": anythingElse(.end(tag))
            case "template": endTemplate()
            default: break
            }
        case .inHeadNoscript:
            if name == "noscript" {
                pop()
                mode = .inHead
            } else if name == "br" {
                anythingElse(.end(tag))
            }
        case .afterHead:
            if name == "template" { endTemplate() } else if ["body", "html", "br"].contains(name) { anythingElse(.end(tag)) }
        case .inBody: bodyEnd(tag)
        case .text:
            pop()
            mode = originalMode
        case .inTable: tableEnd(tag)
        case .inTableText:
            flushTableText()
            end(tag)
        case .inCaption:
            switch name {
            case "caption": _ = endCaption()
            case "table": if endCaption() { end(tag) }
            case "body", "col", "colgroup", "html", "tbody", "td", "tfoot", "th", "thead", "tr": break
            default: bodyEnd(tag)
            }
        case .inColumnGroup:
            switch name {
            case "colgroup":
                guard currentName == "colgroup" else { return }
                pop()
                mode = .inTable
            case "col": break
            case "template": endTemplate()
            default:
                guard currentName == "colgroup" else { return }
                pop()
                mode = .inTable
                end(tag)
            }
        case .inTableBody:
            switch name {
            case "tbody", "tfoot", "thead":
                guard hasInScope(name, .table) else { return }
                clearStack(to: ["tbody", "tfoot", "thead", "template", "html"])
                pop()
                mode = .inTable
            case "table": if endTableBody() { end(tag) }
            case "body", "caption", "col", "colgroup", "html", "td", "th", "tr": break
            default: tableEnd(tag)
            }
        case .inRow:
            switch name {
            case "tr": _ = endRow()
            case "table": if endRow() { end(tag) }
            case "tbody", "tfoot", "thead":
                guard hasInScope(name, .table), endRow() else { return }
                end(tag)
            case "body", "caption", "col", "colgroup", "html", "td", "th": break
            default: tableEnd(tag)
            }
        case .inCell:
            switch name {
            case "td", "th":
                guard hasInScope(name, .table) else { return }
                generateImpliedEndTags()
                popUntil(name)
                clearFormatting()
                mode = .inRow
            case "body", "caption", "col", "colgroup", "html": break
            case "table", "tbody", "tfoot", "thead", "tr":
                guard hasInScope(name, .table) else { return }
                closeCell()
                end(tag)
            default: bodyEnd(tag)
            }
        case .inSelect: selectEnd(name)
        case .inSelectInTable:
            guard ["caption", "table", "tbody", "tfoot", "thead", "tr", "td", "th"].contains(name) else { return selectEnd(name) }
            guard hasInScope(name, .table) else { return }
            if hasInScope("select", .select) { popUntil("select") }
            resetMode()
            if mode == .inSelectInTable { mode = .inBody }
            end(tag)
        case .inTemplate: if name == "template" { endTemplate() }
        case .afterBody:
            if name == "html" {
                mode = .afterAfterBody
            } else {
                mode = .inBody
                end(tag)
            }
        case .inFrameset:
            guard name == "frameset", stack.count > 1 else { return }
            pop()
            if currentName != "frameset" { mode = .afterFrameset }
        case .afterFrameset: if name == "html" { mode = .afterAfterFrameset }
        case .afterAfterBody:
            mode = .inBody
            end(tag)
        case .afterAfterFrameset: break
        }
    }

    private static let tableParts: Set = ["caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"]

    // MARK: Head

    mutating func headStart(_ tag: Tag) {
        switch tag.name {
        case "html": bodyStart(tag)
        case "base", "basefont", "bgsound", "link", "meta":
            insert(tag)
            pop()
        case "title": readText(tag, .escapable("title"))
        case "noframes", "style": readText(tag, .raw(tag.name))
        case "noscript":
            insert(tag)
            mode = .inHeadNoscript
        case "script": readText(tag, .script)
        case "template":
            insert(tag)
            addMarker()
            isFramesetOK = false
            mode = .inTemplate
            templateModes.append(.inTemplate)
        case "head": break
        default: if mode == .inHead { anythingElse(.start(tag)) }
        }
    }

    private mutating func readText(_ tag: Tag, _ content: HTMLTokens.Content) {
        insert(tag)
        tokens.content = content
        originalMode = mode
        mode = .text
    }

    private mutating func endTemplate() {
        guard hasOnStack("template") else { return }
        generateImpliedEndTags(thoroughly: true)
        popUntil("template")
        clearFormatting()
        if !templateModes.isEmpty { templateModes.removeLast() }
        resetMode()
    }

    private mutating func afterHeadStart(_ tag: Tag) {
        switch tag.name {
        case "html": bodyStart(tag)
        case "body":
            insert(tag)
            isFramesetOK = false
            mode = .inBody
        case "frameset":
            insert(tag)
            mode = .inFrameset
        case "base", "basefont", "bgsound", "link", "meta", "noframes", "script", "style", "template", "title":
            stack.append(head)
            headStart(tag)
            if let place = stack.lastIndex(of: head) { stack.remove(at: place) }
        case "head": break
        default: anythingElse(.start(tag))
        }
    }

    // MARK: Body

    mutating func bodyStart(_ tag: Tag) {
        switch tag.name {
        case "html":
            guard !hasOnStack("template"), let root = stack.first else { return }
            addAttributes(of: tag, to: root)
        case "base", "basefont", "bgsound", "link", "meta", "noframes", "script", "style", "template", "title": headStart(tag)
        case "body":
            guard stack.count > 1, tree.nodes[stack[1]].isElement("body"), !hasOnStack("template") else { return }
            isFramesetOK = false
            addAttributes(of: tag, to: stack[1])
        case "frameset":
            guard stack.count > 1, tree.nodes[stack[1]].isElement("body"), isFramesetOK else { return }
            tree.detach(stack[1])
            stack.removeSubrange(1...)
            insert(tag)
            mode = .inFrameset
        case "address", "article", "aside", "blockquote", "center", "details", "dialog", "dir", "div", "dl", "fieldset",
            "figcaption", "figure", "footer", "header", "hgroup", "main", "menu", "nav", "ol", "p", "search", "section",
            "summary", "ul":
            closeParagraphInScope()
            insert(tag)
        case "h1", "h2", "h3", "h4", "h5", "h6":
            closeParagraphInScope()
            if Self.headings.contains(currentName) { pop() }
            insert(tag)
        case "pre", "listing":
            closeParagraphInScope()
            insert(tag)
            skipsLineFeed = true
            isFramesetOK = false
        case "form":
            let isInTemplate = hasOnStack("template")
            guard form < 0 || isInTemplate else { return }
            closeParagraphInScope()
            let node = insert(tag)
            if !isInTemplate { form = node }
        case "li": listItem(tag, ["li"])
        case "dd", "dt": listItem(tag, ["dd", "dt"])
        case "plaintext":
            closeParagraphInScope()
            insert(tag)
            tokens.content = .plain
        case "button":
            if hasInScope("button") {
                generateImpliedEndTags()
                popUntil("button")
            }
            reopenFormatting()
            insert(tag)
            isFramesetOK = false
        case "a":
            for entry in formatting.reversed() {
                if entry.node < 0 { break }
                guard entry.tag.name == "a" else { continue }
                adopt("a")
                formatting.removeAll { $0.node == entry.node }
                stack.removeAll { $0 == entry.node }
                break
            }
            reopenFormatting()
            pushFormatting(insert(tag), tag)
        case "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u":
            reopenFormatting()
            pushFormatting(insert(tag), tag)
        case "nobr":
            reopenFormatting()
            if hasInScope("nobr") {
                adopt("nobr")
                reopenFormatting()
            }
            pushFormatting(insert(tag), tag)
        case "applet", "marquee", "object":
            reopenFormatting()
            insert(tag)
            addMarker()
            isFramesetOK = false
        case "table":
            if !isQuirky { closeParagraphInScope() }
            insert(tag)
            isFramesetOK = false
            mode = .inTable
        case "area", "br", "embed", "img", "keygen", "wbr":
            reopenFormatting()
            insert(tag)
            pop()
            isFramesetOK = false
        case "input":
            reopenFormatting()
            insert(tag)
            pop()
            if !Self.isHidden(tag) { isFramesetOK = false }
        case "param", "source", "track":
            insert(tag)
            pop()
        case "hr":
            closeParagraphInScope()
            insert(tag)
            pop()
            isFramesetOK = false
        case "image": bodyStart(Tag(name: "img", attributes: tag.attributes, isSelfClosing: tag.isSelfClosing))
        case "textarea":
            readText(tag, .escapable("textarea"))
            skipsLineFeed = true
            isFramesetOK = false
        case "xmp":
            closeParagraphInScope()
            reopenFormatting()
            isFramesetOK = false
            readText(tag, .raw("xmp"))
        case "iframe":
            isFramesetOK = false
            readText(tag, .raw("iframe"))
        case "noembed": readText(tag, .raw("noembed"))
        case "select":
            reopenFormatting()
            insert(tag)
            isFramesetOK = false
            switch mode {
            case .inTable, .inCaption, .inTableBody, .inRow, .inCell: mode = .inSelectInTable
            default: mode = .inSelect
            }
        case "optgroup", "option":
            if currentName == "option" { pop() }
            reopenFormatting()
            insert(tag)
        case "rb", "rtc":
            if hasInScope("ruby") { generateImpliedEndTags() }
            insert(tag)
        case "rp", "rt":
            if hasInScope("ruby") { generateImpliedEndTags(except: "rtc") }
            insert(tag)
        case "math", "svg":
            reopenFormatting()
            insertForeign(tag, tag.name == "svg" ? .svg : .mathML)
        case "caption", "col", "colgroup", "frame", "head", "tbody", "td", "tfoot", "th", "thead", "tr": break
        default:
            reopenFormatting()
            insert(tag)
        }
    }

    private static let headings: Set = ["h1", "h2", "h3", "h4", "h5", "h6"]

    private static func isHidden(_ tag: Tag) -> Bool {
        tag.attributes.first { $0.name == "type" }?.value.lowercased() == "hidden"
    }

    private mutating func addAttributes(of tag: Tag, to node: Int) {
        for attribute in tag.attributes where tree.nodes[node][attribute.name] == nil {
            guard tree.nodes[node].attributes.count < HTMLTree.Limits.attributes else { return }
            tree.nodes[node].attributes.append(attribute)
        }
    }

    private mutating func listItem(_ tag: Tag, _ names: Set<String>) {
        isFramesetOK = false
        for node in stack.reversed() {
            let name = tree.nodes[node].namespace == .html ? tree.nodes[node].name : ""
            if names.contains(name) {
                generateImpliedEndTags(except: name)
                popUntil(name)
                break
            }
            if isSpecial(node), !["address", "div", "p"].contains(name) { break }
        }
        closeParagraphInScope()
        insert(tag)
    }

    mutating func bodyEnd(_ tag: Tag) {
        let name = tag.name
        switch name {
        case "template": endTemplate()
        case "body", "html":
            guard hasInScope("body") else { return }
            mode = .afterBody
            if name == "html" { end(tag) }
        case "address", "article", "aside", "blockquote", "button", "center", "details", "dialog", "dir", "div", "dl",
            "fieldset", "figcaption", "figure", "footer", "header", "hgroup", "listing", "main", "menu", "nav", "ol", "pre",
            "search", "section", "summary", "ul":
            guard hasInScope(name) else { return }
            generateImpliedEndTags()
            popUntil(name)
        case "form":
            guard !hasOnStack("template") else {
                guard hasInScope("form") else { return }
                generateImpliedEndTags()
                return popUntil("form")
            }
            let node = form
            form = -1
            guard node >= 0, hasInScope({ $0 == node }) else { return }
            generateImpliedEndTags()
            stack.removeAll { $0 == node }
        case "p":
            if !hasInScope("p", .button) { insert(Tag(name: "p")) }
            closeParagraph()
        case "li":
            guard hasInScope("li", .listItem) else { return }
            generateImpliedEndTags(except: "li")
            popUntil("li")
        case "dd", "dt":
            guard hasInScope(name) else { return }
            generateImpliedEndTags(except: name)
            popUntil(name)
        case "h1", "h2", "h3", "h4", "h5", "h6":
            guard hasInScope({ tree.nodes[$0].namespace == .html && Self.headings.contains(tree.nodes[$0].name) }) else { return }
            generateImpliedEndTags()
            popUntil("h1", "h2", "h3", "h4", "h5", "h6")
        case "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u": adopt(name)
        case "applet", "marquee", "object":
            guard hasInScope(name) else { return }
            generateImpliedEndTags()
            popUntil(name)
            clearFormatting()
        case "br": bodyStart(Tag(name: "br"))
        default: anyOtherEndTag(name)
        }
    }

    // MARK: Tables

    private mutating func tableStart(_ tag: Tag) {
        switch tag.name {
        case "caption":
            clearStack(to: ["table", "template", "html"])
            addMarker()
            insert(tag)
            mode = .inCaption
        case "colgroup":
            clearStack(to: ["table", "template", "html"])
            insert(tag)
            mode = .inColumnGroup
        case "col":
            clearStack(to: ["table", "template", "html"])
            insert(Tag(name: "colgroup"))
            mode = .inColumnGroup
            start(tag)
        case "tbody", "tfoot", "thead":
            clearStack(to: ["table", "template", "html"])
            insert(tag)
            mode = .inTableBody
        case "td", "th", "tr":
            clearStack(to: ["table", "template", "html"])
            insert(Tag(name: "tbody"))
            mode = .inTableBody
            start(tag)
        case "table":
            guard hasInScope("table", .table) else { return }
            popUntil("table")
            resetMode()
            start(tag)
        case "style", "script", "template": headStart(tag)
        case "input" where Self.isHidden(tag):
            insert(tag)
            pop()
        case "form":
            guard form < 0, !hasOnStack("template") else { return }
            form = insert(tag)
            pop()
        default: fostering { $0.bodyStart(tag) }
        }
    }

    private mutating func tableEnd(_ tag: Tag) {
        switch tag.name {
        case "table":
            guard hasInScope("table", .table) else { return }
            popUntil("table")
            resetMode()
        case "body", "caption", "col", "colgroup", "html", "tbody", "td", "tfoot", "th", "thead", "tr": break
        case "template": endTemplate()
        default: fostering { $0.bodyEnd(tag) }
        }
    }

    private mutating func fostering(_ action: (inout Self) -> Void) {
        usesFosterParent = true
        action(&self)
        usesFosterParent = false
    }

    private mutating func endCaption() -> Bool {
        guard hasInScope("caption", .table) else { return false }
        generateImpliedEndTags()
        popUntil("caption")
        clearFormatting()
        mode = .inTable
        return true
    }

    private mutating func endTableBody() -> Bool {
        guard hasInScope("tbody", .table) || hasInScope("thead", .table) || hasInScope("tfoot", .table) else { return false }
        clearStack(to: ["tbody", "tfoot", "thead", "template", "html"])
        pop()
        mode = .inTable
        return true
    }

    private mutating func endRow() -> Bool {
        guard hasInScope("tr", .table) else { return false }
        clearStack(to: ["tr", "template", "html"])
        pop()
        mode = .inTableBody
        return true
    }

    private mutating func closeCell() {
        generateImpliedEndTags()
        if hasInScope("td", .table) || hasInScope("th", .table) { popUntil("td", "th") }
        clearFormatting()
        mode = .inRow
    }

    // MARK: Select

    private mutating func selectStart(_ tag: Tag) {
        switch tag.name {
        case "html": bodyStart(tag)
        case "option":
            if currentName == "option" { pop() }
            insert(tag)
        case "optgroup":
            if currentName == "option" { pop() }
            if currentName == "optgroup" { pop() }
            insert(tag)
        case "hr":
            if currentName == "option" { pop() }
            if currentName == "optgroup" { pop() }
            insert(tag)
            pop()
        case "select": selectEnd("select")
        case "input", "keygen", "textarea":
            guard hasInScope("select", .select) else { return }
            popUntil("select")
            resetMode()
            start(tag)
        case "script", "template": headStart(tag)
        default: break
        }
    }

    private mutating func selectEnd(_ name: String) {
        switch name {
        case "optgroup":
            if currentName == "option", stack.count > 1, tree.nodes[stack[stack.count - 2]].isElement("optgroup") { pop() }
            if currentName == "optgroup" { pop() }
        case "option": if currentName == "option" { pop() }
        case "select":
            guard hasInScope("select", .select) else { return }
            popUntil("select")
            resetMode()
        case "template": endTemplate()
        default: break
        }
    }
}
