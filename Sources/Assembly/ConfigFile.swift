import Core
import Foundation
import TOMLKit
import Yams

/// A configuration file: one level of keys, in TOML or YAML.
enum ConfigFile {
    /// - Returns: text by key.
    /// - Throws: `Failure` `config_file`, `unknown_setting`.
    static func read(_ path: String) throws -> [String: String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.invalid, "config_file", "The configuration file \(path) can not be read.")
        }
        guard !data.contains(0) else {
            throw Failure(.invalid, "config_file", "The configuration file \(path) has zero bytes; it is damaged, or no text.")
        }
        let text = String(decoding: data, as: UTF8.self)
        let pairs: [(String, String?)]
        do {
            pairs = path.lowercased().hasSuffix(".toml") ? try toml(text) : try yaml(text)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.invalid, "config_file", "The configuration file \(path) is not valid: \(error)")
        }
        return try check(pairs, path)
    }

    private static func toml(_ text: String) throws -> [(String, String?)] {
        let table = try TOMLTable(string: text)
        return table.keys.map { key in
            let value = table[key]
            return (
                key,
                value?.string ?? value?.int.map(String.init) ?? value?.bool.map { String($0) } ?? value?.double.map { "\($0)" }
            )
        }
    }

    private static func yaml(_ text: String) throws -> [(String, String?)] {
        guard let node = try Yams.compose(yaml: text) else { return [] }
        guard let mapping = node.mapping else {
            throw Failure(.invalid, "config_file", "The configuration file must be a list of names and values.")
        }
        return mapping.map { pair in (pair.key.string ?? "", pair.value.scalar?.string) }
    }

    private static func check(_ pairs: [(String, String?)], _ path: String) throws -> [String: String] {
        var values: [String: String] = [:]
        for (name, text) in pairs {
            guard let setting = Setting.all.first(where: { $0.key == name.lowercased() || $0.name == name.uppercased() }) else {
                let hint = Nearest.name(to: name, in: Setting.all.map(\.key)).map { " Did you mean \($0)?" } ?? ""
                throw Failure(.invalid, "unknown_setting", "\(path): there is no setting \(name).\(hint)")
            }
            guard let text else {
                throw Failure(.invalid, "invalid_setting", "\(path): \(name) must be text, a number, true or false.")
            }
            values[setting.key] = text
        }
        return values
    }
}
