import Accounts
import Hummingbird
import Web

/// All doors of the Accounts room.
struct AccountsRouteSet {
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

    init(_ assembly: AccountsAssembly, pages: Pages, bodies: Bodies, address: PublicAddress, sandbox: AdminPages.Sandbox) {
        let (accounts, botCheck, isMailOff) = (assembly.accounts, assembly.botCheck, assembly.sender == nil)
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
            accounts: accounts, routes: admin, pages: pages, bodies: bodies, address: address, sender: assembly.sender,
            sandbox: sandbox)
    }

    /// - Parameter isRoot: at the root the pages answer browsers and programs from the same addresses.
    func routes(_ routes: Routes<AppRequestContext>, isRoot: Bool) {
        account.routes(routes.confidential)
        cognito.routes(routes.confidential)
        me.routes(routes)
        guard !isRoot else { return }
        account.apiRoutes(routes.confidential)
        admin.apiRoutes(routes)
    }

    func pages(_ routes: Routes<AppRequestContext>) {
        login.routes(routes.confidential)
        steps.routes(routes.confidential)
        registration.routes(routes.confidential)
        settings.routes(routes.confidential)
        adminPages.routes(routes)
        refused.routes(routes.confidential)
    }
}
