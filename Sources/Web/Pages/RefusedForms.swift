package import Core
import Foundation
import Synchronization

/// Forms that were refused, with what was typed in them, until their pages have shown them.
///
/// The answer to a form is always a redirect, so that back and reload never send it again; the page it leads to finds the words here.
package final class RefusedForms<Value: Sendable>: Sendable {
    private struct Entry {
        let key: String
        let session: String
        let value: Value
        let bytes: Int
        let until: Moment
    }

    private let limits: RefusedFormLimits
    private let entries = Mutex<[Entry]>([])

    package init(limits: RefusedFormLimits = RefusedFormLimits()) {
        self.limits = limits
    }

    /// - Parameter bytes: of the form.
    /// - Returns: the key under which the same session finds the value; nil when it is too large to be kept.
    package func keep(_ value: Value, bytes: Int, session: String, at now: Moment = .now) -> String? {
        guard bytes <= limits.formBytes else { return nil }
        let entry = Entry(
            key: UUID().uuidString.lowercased(), session: session, value: value, bytes: bytes,
            until: now.adding(seconds: limits.lifeSeconds))
        entries.withLock { entries in
            entries.removeAll { $0.until <= now }
            let own = entries.filter { $0.session == session }
            if own.count >= limits.formsOfSession, let oldest = own.first { entries.removeAll { $0.key == oldest.key } }
            var total = entries.reduce(0) { $0 + $1.bytes }
            while total + bytes > limits.totalBytes, let oldest = entries.first {
                total -= oldest.bytes
                entries.removeFirst()
            }
            entries.append(entry)
        }
        return entry.key
    }

    /// - Returns: the key under which the same session finds the value.
    /// - Throws: the failure that the form was refused for, when there is no session or the form is too large to be kept.
    package func keep(_ value: Value, bytes: Int, session: String?, or failure: Failure) throws -> String {
        guard let session, let key = keep(value, bytes: bytes, session: session) else { throw failure }
        return key
    }

    package func value(_ key: String?, session: String?, at now: Moment = .now) -> Value? {
        guard let key, let session else { return nil }
        return entries.withLock { $0.first { $0.key == key && $0.session == session && $0.until > now } }?.value
    }
}

package struct RefusedFormLimits: Sendable {
    /// Of one form; of a larger one only the reason is shown, and what was typed is lost.
    package var formBytes = 1 << 20
    /// Of all forms together; the oldest make room.
    package var totalBytes = 32 << 20
    /// One for each window that a person may have open.
    package var formsOfSession = 8
    /// Time to mend a form.
    package var lifeSeconds = 3600.0

    package init() {}
}
