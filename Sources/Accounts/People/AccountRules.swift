package import Core
import GRDB

/// What the operator has set about who gets in.
package struct AccountRules: Sendable {
    /// `REGISTRATION_ENABLED`
    package let isRegistrationOpen: Bool
    /// `REGISTRATION_APPROVAL`
    package let needsApproval: Bool
    /// `QUERN_MFA_REQUIRED`
    package let isMFARequired: Bool

    package init(isRegistrationOpen: Bool, needsApproval: Bool, isMFARequired: Bool) {
        self.isRegistrationOpen = isRegistrationOpen
        self.needsApproval = needsApproval
        self.isMFARequired = isMFARequired
    }

    package static let closed = Failure(
        .forbidden, "registration_closed", "Registration is closed here; ask an admin for an account.")

    /// Every admin of the tenant learns by mail that somebody waits.
    func tellAdmins(_ user: User, _ mailTemplates: MailTemplates, _ db: Database) throws {
        for admin in try UserStore.admins(tenant: user.tenant, db) {
            try Outbox.append(
                try mailTemplates.letter(
                    .somebodyWaits, to: admin.email, tenant: user.tenant, path: "/admin/users",
                    ["email": user.email, "name": user.name]), db)
        }
    }
}
