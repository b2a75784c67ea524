import Core
import Jobs

extension JobKind {
    /// A kind as one of tables is, for jobs that no worker does here: what lists need of its result is how many rows there were.
    static let tabular = JobKind(
        name: "transform", create: { _, _ in nil },
        answer: .init(
            members: { _ in [:] }, digest: { $0["ledger"] }, rows: { $0["rows_read"]?.intValue }), page: .init { _ in "" })
}
