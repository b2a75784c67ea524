import Foundation
import HTML
import Testing

private let folder = ProcessInfo.processInfo.environment["QUERN_TREE_TESTS"].map { URL(fileURLWithPath: $0) }

/// The tests of html5lib, whose trees browsers agree on. `make test-inside` gets them and says where they are.
@Suite("Trees of html5lib's tests", .enabled(if: folder != nil))
struct TreeConstructionTests {
    @Test func `every page has the tree that the standard gives it`() throws {
        let files = try FileManager.default.contentsOfDirectory(at: try #require(folder), includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "dat" }
        var count = 0
        for file in files.sorted(by: { $0.lastPathComponent < $1.lastPathComponent }) {
            for trial in Self.trials(String(decoding: try Data(contentsOf: file), as: UTF8.self)) {
                count += 1
                let tree = Self.dump(HTMLTree(Array(trial.page.utf8)))
                #expect(tree == trial.tree, "\(file.lastPathComponent): \(trial.page)")
            }
        }
        #expect(count > 1200)
    }

    /// Pages and their trees; fragments, and pages whose scripts run, are nothing that is read here.
    private static func trials(_ text: String) -> [(page: String, tree: String)] {
        ("\n" + text).components(separatedBy: "\n#data\n").dropFirst().compactMap { trial in
            guard let errors = trial.range(of: "\n#errors") ?? trial.range(of: "#errors"),
                let document = trial[errors.lowerBound...].range(of: "\n#document\n")
            else { return nil }
            let between = trial[errors.lowerBound..<document.upperBound]
            guard !between.contains("#document-fragment"), !between.contains("#script-on") else { return nil }
            return (String(trial[..<errors.lowerBound]), withoutEnd(String(trial[document.upperBound...])))
        }
    }

    private static func withoutEnd(_ text: String) -> String {
        var text = text
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }

    /// As html5lib writes trees.
    private static func dump(_ tree: HTMLTree) -> String {
        var lines: [String] = []
        func add(_ number: Int, _ depth: Int) {
            let (node, children) = (tree.nodes[number], tree.children(of: number))
            let indent = "| " + String(repeating: "  ", count: max(depth, 0))
            switch node.kind {
            case .document: break
            case .content: lines.append(indent + "content")
            case .doctype(let name, let publicID, let systemID):
                let ids = publicID != nil || systemID != nil ? " \"\(publicID ?? "")\" \"\(systemID ?? "")\"" : ""
                lines.append("\(indent)<!DOCTYPE \(name)\(ids)>")
            case .text: lines.append("\(indent)\"\(node.text)\"")
            case .comment: lines.append("\(indent)<!-- \(node.text) -->")
            case .element:
                let space = node.namespace == .svg ? "svg " : node.namespace == .mathML ? "math " : ""
                lines.append("\(indent)<\(space)\(node.name)>")
                let attributes = node.attributes.map {
                    (name: name(of: $0.name, isForeign: node.namespace != .html), value: $0.value)
                }
                for attribute in attributes.sorted(by: { Array($0.name.utf16).lexicographicallyPrecedes(Array($1.name.utf16)) }) {
                    lines.append("\(indent)  \(attribute.name)=\"\(attribute.value)\"")
                }
            }
            for child in children { add(child, depth + 1) }
        }
        add(HTMLTree.root, -1)
        return withoutEnd(lines.joined(separator: "\n"))
    }

    /// Attributes of other namespaces are written with a blank.
    private static func name(of attribute: String, isForeign: Bool) -> String {
        let known = [
            "xlink:actuate", "xlink:arcrole", "xlink:href", "xlink:role", "xlink:show", "xlink:title", "xlink:type", "xml:lang",
            "xml:space", "xmlns:xlink",
        ]
        return isForeign && known.contains(attribute) ? attribute.replacing(":", with: " ") : attribute
    }
}
