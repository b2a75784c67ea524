import Core
import HTTPTypes
import Hummingbird
package import Web

/// The JSON doors of tasks. They always answer in the enveloped dialect.
package struct SharedTaskRoutes: Sendable {
    private let store: SharedTaskStore
    private let bodies: Bodies
    private let tags: ListCache

    package init(store: SharedTaskStore, bodies: Bodies, tags: ListCache) {
        self.store = store
        self.bodies = bodies
        self.tags = tags
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        func read(_ summary: String) -> RouteDeclaration { .init(summary, .signedIn([.tasksRead]), dialect: .enveloped) }
        func write(_ summary: String, body: RouteDeclaration.Body = .fields, isCreating: Bool = false) -> RouteDeclaration {
            .init(summary, .signedIn([.tasksWrite]), body: body, isCreating: isCreating, dialect: .enveloped)
        }
        routes.group("collab", context: SignedIn.self)
            .get(
                "state/tasks",
                read("List the tasks of the tenant").giving(CollaborationShapes.tasks).refusing(
                    .invalid, "invalid_done", "invalid_q"), use: list
            )
            .post(
                "tasks",
                write("Make a task", isCreating: true).taking(CollaborationShapes.taskDraft).giving(
                    CollaborationShapes.task, status: 201
                ).refusing(.invalid, "unknown_assignee"), use: create
            )
            .get("tasks/:id", read("Show a task").giving(CollaborationShapes.task).ofTask, use: show)
            .patch(
                "tasks/:id",
                write("Change a task").taking(CollaborationShapes.taskChange).giving(CollaborationShapes.task).changingTask
                    .refusing(.invalid, "unknown_assignee", "unknown_task"),
                use: change
            )
            .delete("tasks/:id", write("Delete a task").giving(nil, status: 204).changingTask, use: delete)
            .get(
                "tasks/:id/versions", read("List the versions of a task").giving(CollaborationShapes.versions).ofTask,
                use: versions
            )
            .post(
                "tasks/:id/undo",
                write("Undo the last change of a task", body: .nothing).giving(CollaborationShapes.task)
                    .changingTask.refusing(.conflict, "nothing_to_undo").refusing(.invalid, "unknown_assignee"),
                use: undo)
    }

    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let filter = try TaskFilter(Form(query: request))
        let revision = try await store.revision(for: context.caller)
        return try await tags.answer(request, context.dialect, scope: "tasks \(context.caller.tenant)", revision: revision) {
            let tasks = try await store.list(for: context.caller, filter)
            return ({ ["kind": "tasks", "items": .array(tasks.map(\.json))] }, [.xTotalCount: "\(tasks.count)"])
        }
    }

    @Sendable func create(_ request: Request, _ context: SignedIn) async throws -> Response {
        let draft = try TaskEdit(try await bodies.fields(request, known: TaskEdit.draftMembers), mayMove: false)
        let task = try await store.create(draft, by: context.caller)
        return ETagged.answer(task, status: .created, headers: [.location: "/api/v1/collab/tasks/\(task.id)"])
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        let id = try context.parameters.require("id")
        if let known = request.headers[.ifNoneMatch] {
            let tag = try await store.entityTag(id, for: context.caller)
            if ETag.matches(known, tag) { return Answer.notModified(tag) }
        }
        return ETagged.answer(try await store.find(id, for: context.caller))
    }

    @Sendable func change(_ request: Request, _ context: SignedIn) async throws -> Response {
        let basis = IfMatch(request)
        try basis.mustBeGiven()
        let edit = try TaskEdit(try await bodies.fields(request, known: TaskEdit.members), mayMove: true)
        let id = try context.parameters.require("id")
        return try await tellingTag(context) {
            ETagged.answer(try await store.change(id, edit, by: context.caller, basis))
        }
    }

    @Sendable func delete(_ request: Request, _ context: SignedIn) async throws -> Response {
        let id = try context.parameters.require("id")
        return try await tellingTag(context) {
            let task = try await store.delete(id, by: context.caller, IfMatch(request))
            return Response(status: .noContent, headers: [.eTag: task.entityTag])
        }
    }

    @Sendable func versions(_ request: Request, _ context: SignedIn) async throws -> Response {
        let id = try context.parameters.require("id")
        let revision = try await store.revision(for: context.caller)
        return try await tags.answer(request, context.dialect, scope: "tasks \(context.caller.tenant)", revision: revision) {
            let (task, versions) = try await store.history(id, for: context.caller)
            return (
                { ["kind": "versions", "items": .array(versions.map { $0.json(of: task) })] }, [.xTotalCount: "\(versions.count)"]
            )
        }
    }

    @Sendable func undo(_ request: Request, _ context: SignedIn) async throws -> Response {
        let id = try context.parameters.require("id")
        return try await tellingTag(context) {
            ETagged.answer(try await store.undo(id, by: context.caller, IfMatch(request)))
        }
    }

    /// Who comes too late learns the present tag with the refusal.
    private func tellingTag(_ context: SignedIn, _ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let failure as Failure where failure.kind == .stale {
            throw ContextualError(
                failure, context.dialect, headers: failure.details?["etag"]?.stringValue.map { [.eTag: $0] } ?? [:])
        }
    }
}

/// Answers whose tag lies in the database.
enum ETagged {
    static func answer(_ task: SharedTask, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        Answer.json(task.json, status: status, headers: headers.adding([.eTag: task.entityTag]))
    }
}

extension RouteDeclaration {
    fileprivate var ofTask: RouteDeclaration { refusing(.missing, "task_not_found") }

    /// Nobody changes a task without saying which version of it.
    fileprivate var changingTask: RouteDeclaration { ofTask.conditional.refusing(.preconditionRequired, "if_match_required") }
}
