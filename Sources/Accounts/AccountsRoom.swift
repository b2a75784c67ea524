import Core
package import ServiceLifecycle
package import Web

/// People: how they come in, who they are, and who administers them.
package struct AccountsRoom: Room {
    package static let migrations = AccountSchema.migrations

    package let services: [any Service]
    private let account: AccountRoutes
    private let cognito: CognitoRoutes
    private let me: SelfRoutes
    private let admin: AdminRoutes
    private let login: AccountPages
    private let steps: SignInStepPages
    private let registration: RegistrationPages
    private let settings: SettingsPages
    private let adminPages: AdminPages
    private let refused: RefusedPage

    /// - Parameters:
    ///   - sender: who sends mail, in words; nil when nobody does.
    ///   - sandbox: what holds the workers, for administrators.
    package init(
        _ accounts: Accounts, botCheck: BotCheck, dispatcher: MailDispatcher, sender: String?, sandbox: AdminPages.Sandbox,
        address: PublicAddress, pages: Pages, bodies: Bodies
    ) {
        let isMailOff = sender == nil
        services = [dispatcher]
        account = AccountRoutes(accounts: accounts, bodies: bodies, botCheck: botCheck, address: address)
        cognito = CognitoRoutes(accounts: accounts, bodies: bodies, botCheck: botCheck)
        me = SelfRoutes(accounts: accounts, bodies: bodies, address: address)
        admin = AdminRoutes(accounts: accounts, bodies: bodies)
        login = AccountPages(
            accounts: accounts, routes: account, pages: pages, bodies: bodies, address: address, isMailOff: isMailOff)
        steps = SignInStepPages(accounts: accounts, pages: pages, bodies: bodies, address: address, isMailOff: isMailOff)
        registration = RegistrationPages(
            accounts: accounts, routes: account, botCheck: botCheck, pages: pages, bodies: bodies, address: address,
            isMailOff: isMailOff)
        refused = RefusedPage(accounts: accounts, pages: pages, address: address)
        settings = SettingsPages(accounts: accounts, pages: pages, bodies: bodies, address: address, isMailOff: isMailOff)
        adminPages = AdminPages(
            accounts: accounts, routes: admin, pages: pages, bodies: bodies, address: address, sender: sender,
            sandbox: sandbox)
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        account.routes(routes.confidential)
        cognito.routes(routes.confidential)
        me.routes(routes)
        // At the root the pages answer browsers and programs from the same addresses.
        guard routes.isMounted else { return }
        account.apiRoutes(routes.confidential)
        admin.apiRoutes(routes)
    }

    package func pages(_ routes: Routes<AppRequestContext>) {
        login.routes(routes.confidential)
        steps.routes(routes.confidential)
        registration.routes(routes.confidential)
        settings.routes(routes.confidential)
        adminPages.routes(routes)
        refused.routes(routes.confidential)
    }
}
