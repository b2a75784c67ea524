import Core

/// One page of the board as one person sees it: a view, a page of each column, and what there is beyond.
struct TaskBoard: Sendable {
    enum Limits {
        /// Cards on one page of what is to do.
        static let todoCards = 80
        /// Cards on one page of what is done: people look less far back.
        static let doneCards = 30
        /// Bytes of a description on a card; its page shows the whole.
        static let excerptBytes = 280
    }

    enum View: String, CaseIterable, Sendable {
        case all, mine, unassigned

        var label: String {
            switch self {
            case .all: "All"
            case .mine: "Mine"
            case .unassigned: "Unassigned"
            }
        }
    }

    /// What somebody looks at; written as `mine.2.1` in a form, as `?show=mine&todo=2&done=1` in an address.
    struct Place: Sendable, Equatable {
        var view = View.all
        /// Page of what is to do, from 1.
        var todo = 1
        /// Page of what is done, from 1; nil shows the ones that changed last.
        var done: Int?

        init(_ view: View = .all, todo: Int = 1, done: Int? = nil) {
            self.view = view
            self.todo = todo
            self.done = done
        }

        init(query: (String) -> String?) {
            view = query("show").flatMap(View.init) ?? .all
            todo = query("todo").flatMap(Self.page) ?? 1
            done = query("done").flatMap(Self.page)
        }

        init(text: String?) {
            let parts = (text ?? "").split(separator: ".").map(String.init)
            self.init(
                parts.first.flatMap(View.init) ?? .all, todo: parts.dropFirst().first.flatMap(Self.page) ?? 1,
                done: parts.dropFirst(2).first.flatMap(Self.page))
        }

        private static func page(_ text: String) -> Int? {
            Int(text).flatMap { (1...SharedTask.Limits.most).contains($0) ? $0 : nil }
        }

        var text: String {
            let done = done.map { ".\($0)" } ?? ""
            return todo == 1 && done.isEmpty ? view.rawValue : "\(view.rawValue).\(todo)\(done)"
        }

        var href: String {
            "/dashboard/tasks?show=\(view.rawValue)" + (todo == 1 ? "" : "&todo=\(todo)") + (done.map { "&done=\($0)" } ?? "")
        }
    }

    struct Lane: Sendable {
        let tasks: [SharedTask]
        /// Tasks of the column before the first of these.
        let skip: Int
        let total: Int
        let pageSize: Int
        /// The ones that changed last are shown, and no page.
        var isNewest = false

        var page: Int { skip / pageSize + 1 }
        var hasEarlier: Bool { skip > 0 && !isNewest }
        var hasLater: Bool { skip + tasks.count < total && !isNewest }
    }

    /// With pages that exist.
    let place: Place
    /// How many open tasks each view has.
    let open: [View: Int]
    let todo: Lane
    let done: Lane
}
