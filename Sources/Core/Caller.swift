/// Who is asking. Rooms know people through this alone.
package struct Caller: Sendable, Equatable {
    package enum Role: String, Sendable, Codable { case admin, member }

    package let user: ID<Caller>
    package let tenant: String
    /// The e-mail address, which is the user name too.
    package let email: String
    package let role: Role

    package init(user: ID<Caller>, tenant: String, email: String, role: Role) {
        self.user = user
        self.tenant = tenant
        self.email = email
        self.role = role
    }
}
