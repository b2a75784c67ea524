import Core
import HTTPTypes
package import Hummingbird
package import Jobs
package import Web

/// The board of tasks, and the page of one. Everything works without scripts; each form carries the tag of what it changes.
package struct TaskPages: Sendable {
    private let store: SharedTaskStore
    private let events: EventLog
    private let pages: Pages
    private let bodies: Bodies
    private let isFormValid: @Sendable (String?, String) -> Bool
    private let members: @Sendable (_ tenant: String) async throws -> [String]

    /// - Parameter members: addresses of those of a tenant who may be given work.
    package init(
        store: SharedTaskStore, events: EventLog, pages: Pages, bodies: Bodies,
        isFormValid: @escaping @Sendable (String?, String) -> Bool,
        members: @escaping @Sendable (_ tenant: String) async throws -> [String]
    ) {
        self.store = store
        self.events = events
        self.pages = pages
        self.bodies = bodies
        self.isFormValid = isFormValid
        self.members = members
    }

    package func routes(_ router: some RouterMethods<Visit>) {
        let group = router.group("dashboard/tasks", context: SignedIn.self)
        group.get(use: board)
        group.post(use: add)
        group.get(":id", use: show)
        group.post(":id", use: save)
        group.post(":id/done") { try await act($0, $1) { edit, _ in edit.isDone = true } }
        group.post(":id/reopen") { try await act($0, $1) { edit, _ in edit.isDone = false } }
        group.post(":id/up") {
            try await act($0, $1) { edit, neighbours in edit.place = neighbours.above.map(TaskEdit.Place.before) }
        }
        group.post(":id/down") {
            try await act($0, $1) { edit, neighbours in edit.place = neighbours.below.map(TaskEdit.Place.after) }
        }
        group.post(":id/delete", use: delete)
        group.post(":id/undo", use: undo)
    }

    // MARK: Looking

    @Sendable func board(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let view = query["show"].flatMap(TaskPageModels.View.init) ?? .all
        return try await board(context, view, showsAllDone: query["done"] == "all", changed: query["changed"])
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await page(try context.parameters.require("id"), context)
    }

    private func models(_ context: SignedIn) async throws -> TaskPageModels {
        TaskPageModels(me: context.caller, members: try await members(context.caller.tenant))
    }

    private func board(
        _ context: SignedIn, _ view: TaskPageModels.View, showsAllDone: Bool = false, changed: String? = nil,
        refused: (id: String?, problem: String, typed: TaskPageModels.Typed)? = nil,
        conflict: (task: SharedTask, typed: TaskPageModels.Typed?)? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let models = try await models(context)
        // Before the data: what happens between the two is told to the page once more, and nothing is missed.
        let lastEvent = try await events.lastID()
        let tasks = try await store.list(for: context.caller)
        var model = models.board(tasks, view: view, showsAllDone: showsAllDone, refused: refused, lastEvent: lastEvent)
        if let changed { model["undo"] = try await undo(changed, models, context) }
        if let conflict { model["conflict"] = models.conflict(conflict.task, typed: conflict.typed, back: view.rawValue) }
        if status != .ok { model["pageUrl"] = "/dashboard/tasks?show=\(view.rawValue)" }
        return try pages.render(
            "collaboration/tasks", Pages.Frame(title: "Tasks", signedIn: context, place: .tasks), model, status: status)
    }

    private func page(
        _ id: String, _ context: SignedIn, refused: (problem: String, typed: TaskPageModels.Typed)? = nil,
        conflict: (task: SharedTask, typed: TaskPageModels.Typed?)? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let models = try await models(context)
        let lastEvent = try await events.lastID()
        let (task, versions) = try await store.history(id, for: context.caller)
        var model = models.page(task, versions, refused: refused, lastEvent: lastEvent)
        if let conflict { model["conflict"] = models.conflict(conflict.task, typed: conflict.typed, back: "task") }
        if status != .ok { model["pageUrl"] = "/dashboard/tasks/\(task.id)" }
        return try pages.render(
            "collaboration/task", Pages.Frame(title: task.title, signedIn: context, place: .tasks), model, status: status)
    }

    /// `<id>.<version>` of what was just done; nothing when the task has changed since.
    private func undo(_ changed: String, _ models: TaskPageModels, _ context: SignedIn) async throws -> [String: Any]? {
        let parts = changed.split(separator: ".")
        guard parts.count == 2, let version = Int(parts[1]) else { return nil }
        do {
            let (task, versions) = try await store.history(String(parts[0]), for: context.caller)
            return task.version == version ? models.undo(task, versions) : nil
        } catch let failure as Failure where failure.kind == .missing {
            return nil
        }
    }

    // MARK: Changing

    @Sendable func add(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await form(request, context)
        let view = form["back"].flatMap(TaskPageModels.View.init) ?? .all
        let typed = Self.typed(form)
        do {
            let task = try await store.create(try Self.edit(typed, isNew: true), by: context.caller)
            return Self.back(view.rawValue, to: task)
        } catch let failure as Failure where [.invalid, .conflict].contains(failure.kind) {
            return try await board(
                context, view, refused: (nil, failure.message, typed), status: Problem.status(failure, .standard))
        }
    }

    @Sendable func save(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await form(request, context)
        let typed = Self.typed(form)
        return try await answering(form, context, typed) { id in
            try await store.change(id, try Self.edit(typed, isNew: false), by: context.caller, IfMatch(tag: form["etag"]))
        }
    }

    /// Those beside a task in its column, as the reader sees it.
    private struct Neighbours {
        var above: String?
        var below: String?
    }

    private func act(
        _ request: Request, _ context: SignedIn, _ wish: @Sendable (inout TaskEdit, Neighbours) -> Void
    ) async throws -> Response {
        let form = try await form(request, context)
        return try await answering(form, context, nil) { id in
            var edit = TaskEdit()
            wish(&edit, try await neighbours(of: id, form, context))
            return try await store.change(id, edit, by: context.caller, IfMatch(tag: form["etag"]))
        }
    }

    @Sendable func delete(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await form(request, context)
        return try await answering(form, context, nil) { id in
            try await store.delete(id, by: context.caller, IfMatch(tag: form["etag"]))
        }
    }

    @Sendable func undo(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await form(request, context)
        return try await answering(form, context, nil) { id in
            try await store.undo(id, by: context.caller, IfMatch(tag: form["etag"]))
        }
    }

    /// Leads back to where the form was, or shows what stands in the way with the person's words in place.
    private func answering(
        _ form: Form, _ context: SignedIn, _ typed: TaskPageModels.Typed?, _ body: (String) async throws -> SharedTask
    ) async throws -> Response {
        let id = try context.parameters.require("id")
        let back = form["back"] ?? "all"
        let view = TaskPageModels.View(rawValue: back) ?? .all
        do {
            return Self.back(back, to: try await body(id))
        } catch let failure as Failure where failure.kind == .stale || failure.code == "task_not_found" {
            let task = try await store.history(id, for: context.caller).task
            return back == "task"
                ? try await page(id, context, conflict: (task, typed), status: .preconditionFailed)
                : try await board(context, view, conflict: (task, typed), status: .preconditionFailed)
        } catch let failure as Failure where failure.code == "nothing_to_undo" {
            // The second click: the page shows how it stands.
            return Self.back(back, to: try await store.history(id, for: context.caller).task)
        } catch let failure as Failure where failure.kind == .invalid && typed != nil {
            let typed = typed ?? TaskPageModels.Typed()
            let status = Problem.status(failure, .standard)
            return back == "task"
                ? try await page(id, context, refused: (failure.message, typed), status: status)
                : try await board(context, view, refused: (id.lowercased(), failure.message, typed), status: status)
        }
    }

    private func neighbours(of id: String, _ form: Form, _ context: SignedIn) async throws -> Neighbours {
        let view = form["back"].flatMap(TaskPageModels.View.init) ?? .all
        let tasks = try await store.list(for: context.caller)
        guard let task = tasks.first(where: { $0.id.rawValue == id.lowercased() }) else { return Neighbours() }
        let lane = tasks.filter { $0.isDone == task.isDone && (view.shows($0, context.caller) || $0.id == task.id) }
        guard let index = lane.firstIndex(of: task) else { return Neighbours() }
        return Neighbours(
            above: index > 0 ? lane[index - 1].id.rawValue : nil,
            below: index + 1 < lane.count ? lane[index + 1].id.rawValue : nil)
    }

    private static func typed(_ form: Form) -> TaskPageModels.Typed {
        TaskPageModels.Typed(
            title: form["title"] ?? "", description: (form["description"] ?? "").replacing("\r\n", with: "\n"),
            assignee: form["assignee"] ?? "")
    }

    /// By the rules of the API: a form is a body of three members.
    private static func edit(_ typed: TaskPageModels.Typed, isNew: Bool) throws -> TaskEdit {
        try TaskEdit(
            Fields([
                "title": .string(typed.title), "description": .string(typed.description), "assignee": .string(typed.assignee),
            ]), mayMove: !isNew)
    }

    private static func back(_ back: String, to task: SharedTask) -> Response {
        let changed = "changed=\(task.id).\(task.version)"
        guard back != "task" else { return Answer.redirect(to: "/dashboard/tasks/\(task.id)?\(changed)") }
        let view = TaskPageModels.View(rawValue: back) ?? .all
        return Answer.redirect(to: "/dashboard/tasks?show=\(view.rawValue)&\(changed)#card-\(task.id)")
    }

    private func form(_ request: Request, _ context: SignedIn) async throws -> Form {
        let form = try await bodies.form(request)
        guard let session = context.session, isFormValid(form["form_token"], session.id) else {
            throw Failure(.forbidden, "stale_form", "This form is too old; open the page again and send it once more.")
        }
        return form
    }
}
