package import Core

/// The document that tells programs of every route (OpenAPI 3.1.1), made from the declarations.
package enum OpenAPI {
    /// - Parameter routes: all that are served.
    package static func document(_ routes: [RouteTable.Route], version: String) -> JSON {
        var paths: [String: [String: JSON]] = [:]
        var schemas: [String: JSON] = [:]
        for route in routes {
            paths[path(route), default: [:]][route.method.lowercased()] = operation(route)
            for schema in route.declaration.schemas { schemas.merge(schema.definitions) { $1 } }
        }
        schemas.merge(Errors.either.definitions) { $1 }
        return [
            "openapi": "3.1.1",
            "info": [
                "title": "Quern", "version": .string(version),
                "summary": "Turns files and company domains into clean, searchable data.",
                "description":
                    "JSON routes stand at the root, below /api and below /api/v1 alike. The header Quern-Dialect, or the login that made a token, chooses between two dialects of answers: standard and enveloped.",
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(schemas), "responses": .object(responses),
                "securitySchemes": [
                    "token": ["type": "http", "scheme": "bearer", "description": "An access token of a login."],
                    "key": [
                        "type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An API key with the right scope.",
                    ],
                    "session": [
                        "type": "apiKey", "in": "cookie", "name": "__Host-quern_session",
                        "description": "The cookie of a browser's session; without https its name lacks __Host-.",
                    ],
                ],
            ],
        ]
    }

    // MARK: One route

    /// A wildcard is a parameter like any other to whoever reads the document.
    private static func path(_ route: RouteTable.Route) -> String { route.path.replacing("**", with: "{path}") }

    private static func operation(_ route: RouteTable.Route) -> JSON {
        let declaration = route.declaration
        var members: [String: JSON] = [
            "operationId": .string("\(route.method.lowercased()) \(route.path)"), "summary": .string(declaration.summary),
            "tags": [.string(tag(route))], "responses": .object(responses(of: route)),
        ]
        let parameters = parameters(route)
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body = body(of: declaration) { members["requestBody"] = body }
        if let security = security(declaration) { members["security"] = security }
        return .object(members)
    }

    private static func tag(_ route: RouteTable.Route) -> String {
        String(route.template.split(separator: "/").first ?? "pages")
    }

    private static func parameters(_ route: RouteTable.Route) -> [JSON] {
        let inPath = path(route).split(separator: "/").filter { $0.hasPrefix("{") }.map { part -> JSON in
            ["name": .string(String(part.dropFirst().dropLast())), "in": "path", "required": true, "schema": ["type": "string"]]
        }
        var others = route.declaration.query.map { parameter -> JSON in
            [
                "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
                "description": .string(parameter.text), "schema": parameter.schema.json,
            ]
        }
        if route.declaration.isCreating {
            others.append(
                header("Idempotency-Key", "Makes it safe to send the request again: the first answer is kept for a day."))
        }
        if route.declaration.dialect == nil, route.declaration.answers == .json {
            others.append([
                "name": "Quern-Dialect", "in": "header", "required": false,
                "description": "How the answer is worded, whatever the caller's token says.",
                "schema": Schema.choice(Dialect.allCases.map(\.rawValue)).json,
            ])
        }
        return inPath + others
    }

    private static func header(_ name: String, _ text: String) -> JSON {
        ["name": .string(name), "in": "header", "required": false, "description": .string(text), "schema": ["type": "string"]]
    }

    private static func body(of declaration: RouteDeclaration) -> JSON? {
        switch declaration.body {
        case .nothing: return nil
        case .fields:
            guard let schema = declaration.takes else { return nil }
            let types = declaration.isPage ? ["application/x-www-form-urlencoded"] : ["application/json"]
            return [
                "required": true,
                "content": .object(Dictionary(types.map { ($0, JSON.object(["schema": schema.json])) }) { $1 }),
            ]
        case .formWithFile: return ["required": true, "content": ["multipart/form-data": ["schema": ["type": "object"]]]]
        case .file: return ["required": true, "content": ["application/octet-stream": ["schema": Schema.file.json]]]
        }
    }

    private static func security(_ declaration: RouteDeclaration) -> JSON? {
        switch declaration.access {
        case .everyone, .signature: return []
        case .signedIn(let scopes), .administrator(let scopes), .socket(let scopes):
            let isOpenToKeys = !scopes.isEmpty && declaration.answers != .page
            let keys: [JSON] = isOpenToKeys ? [["key": .array(scopes.map { .string($0.rawValue) })]] : []
            return .array([["token": []], ["session": []]] + keys)
        }
    }

    // MARK: Answers

    private static func responses(of route: RouteTable.Route) -> [String: JSON] {
        let declaration = route.declaration
        var found: [String: JSON] = [:]
        for given in declaration.gives { found["\(given.status)"] = answer(given) }
        if found.isEmpty {
            switch declaration.answers {
            case .page, .pageAndJSON:
                found["200"] = ["description": "A page.", "content": ["text/html": ["schema": ["type": "string"]]]]
                found["303"] = ["description": "Leads to a page."]
            case .bytes: found["200"] = ["description": "The bytes.", "content": ["*/*": ["schema": Schema.file.json]]]
            case .json: found["200"] = ["description": "Done.", "content": ["application/json": ["schema": [:]]]]
            }
        }
        for (status, codes) in declaration.refusalsByStatus where found["\(status)"] == nil {
            found["\(status)"] = refusal(codes, of: declaration)
        }
        found["default"] = ["$ref": "#/components/responses/Refused"]
        return found
    }

    /// The codes are told in the schema of the standard dialect, which names them, with those that any request may meet.
    private static func refusal(_ codes: [String], of declaration: RouteDeclaration) -> JSON {
        let others = RouteDeclaration.refusalsAnywhere.map(\.code).sorted()
        let words: JSON = ["properties": ["error": ["enum": .array((codes + others).map { .string($0) })]]]
        let standard: JSON = ["allOf": [["$ref": "#/components/schemas/Error"], words]]
        let enveloped: JSON = ["$ref": "#/components/schemas/EnvelopedError"]
        let schema: JSON =
            switch declaration.dialect {
            case .enveloped: enveloped
            case .standard: standard
            case nil: ["anyOf": [standard, enveloped]]
            }
        var content: [String: JSON] = ["application/json": ["schema": schema]]
        if declaration.isPage { content["text/html"] = ["schema": ["type": "string"]] }
        if declaration.access == .signature { content = ["application/xml": ["schema": ["type": "string"]]] }
        return ["description": .string("Refused: \(codes.joined(separator: ", "))."), "content": .object(content)]
    }

    private static func answer(_ given: RouteDeclaration.Given) -> JSON {
        var members: [String: JSON] = ["description": .string(given.text)]
        if let schema = given.schema { members["content"] = .object([given.type: ["schema": schema.json]]) }
        return .object(members)
    }

    private static var responses: [String: JSON] {
        func refusal(_ text: String) -> JSON {
            [
                "description": .string(text),
                "content": ["application/json": ["schema": Errors.either.json], "text/html": ["schema": ["type": "string"]]],
            ]
        }
        return [
            "Refused": refusal(
                "The request is not proper HTTP, was sent too slowly, or the server can not answer now; Retry-After tells when to come again."
            )
        ]
    }

    /// How both dialects word a refusal.
    private enum Errors {
        static let either = Schema.either(standard, enveloped).named("Refusal")

        private static let standard = Schema.object([
            "error": .string.described("A code for programs."), "detail": .string.described("What is wrong, and what to do."),
            "request_id": .string, "details": .map.optional,
        ]).named("Error")

        private static let enveloped = Schema.object([
            "error": .object([
                "type": .choice(["validation_error", "http_exception", "internal_server_error"]), "code": .integer,
                "message": .string, "path": .string, "method": .string, "details": .map.optional,
            ])
        ]).named("EnvelopedError")
    }
}
