import Core
import Foundation
import HTML

/// What a page shows of its company besides people: what it says of itself in its head, and whose scripts and frames it uses.
enum CompanyReading {
    private enum Limits {
        static let textBytes = 2000
        static let elements = 20_000
    }

    static func facts(_ tree: HTMLTree) -> CompanyFacts {
        var facts = CompanyFacts()
        var about = ""
        var node: Int? = HTMLTree.root
        var left = Limits.elements
        while let current = node, left > 0 {
            left -= 1
            let element = tree.nodes[current]
            if element.kind == .element {
                switch element.name {
                case "script", "iframe", "img", "embed": note(element["src"], &facts)
                case "link": note(element["href"], &facts)
                case "form": note(element["action"], &facts)
                case "title" where about.isEmpty:
                    about += StructuredData.text(of: current, tree).beginning(bytes: Limits.textBytes)
                case "meta":
                    let name = (element["name"] ?? element["property"])?.lowercased()
                    if name == "generator" { note(element["content"].map { "generator:" + $0 }, &facts) }
                    if name == "description" || name == "og:description" {
                        about += " " + (element["content"] ?? "").beginning(bytes: Limits.textBytes)
                    }
                default: break
                }
            }
            node = tree.following(current, in: HTMLTree.root)
        }
        facts.industry = industry(ofText: about)
        return facts
    }

    private static func note(_ place: String?, _ facts: inout CompanyFacts) {
        guard let place, facts.tech.count < CompanyTech.Limits.names else { return }
        let bytes = Array(place.beginning(bytes: Limits.textBytes).lowercased().utf8)
        for (sign, name) in signs where !facts.tech.contains(name) && ByteText.holds(bytes, sign) {
            facts.tech.append(name)
        }
    }

    /// Parts of addresses that only pages with a technology have.
    private static let hosts: [(String, String)] = [
        ("js.hs-scripts.com", "hubspot"), ("hsforms.net", "hubspot"), ("hubspot.com", "hubspot"), ("pardot.com", "salesforce"),
        ("salesforce.com", "salesforce"), ("force.com", "salesforce"), ("marketo.net", "marketo"), ("mktoresp.com", "marketo"),
        ("intercom.io", "intercom"), ("intercomcdn.com", "intercom"), ("zdassets.com", "zendesk"), ("zendesk.com", "zendesk"),
        ("drift.com", "drift"), ("driftt.com", "drift"), ("crisp.chat", "crisp"), ("tawk.to", "tawk"),
        ("livechatinc.com", "livechat"),
        ("freshchat.com", "freshworks"), ("freshworks.com", "freshworks"), ("cdn.segment.com", "segment"),
        ("mixpanel.com", "mixpanel"),
        ("amplitude.com", "amplitude"), ("heapanalytics.com", "heap"), ("hotjar.com", "hotjar"), ("fullstory.com", "fullstory"),
        ("googletagmanager.com", "google-tag-manager"), ("google-analytics.com", "google-analytics"), ("matomo", "matomo"),
        ("plausible.io", "plausible"), ("clarity.ms", "microsoft-clarity"), ("connect.facebook.net", "facebook-pixel"),
        ("snap.licdn.com", "linkedin-insight"), ("optimizely.com", "optimizely"), ("launchdarkly.com", "launchdarkly"),
        ("sentry.io", "sentry"), ("sentry-cdn.com", "sentry"), ("newrelic.com", "newrelic"), ("nr-data.net", "newrelic"),
        ("datadoghq", "datadog"), ("js.stripe.com", "stripe"), ("paypal.com", "paypal"), ("braintree", "braintree"),
        ("cdn.shopify.com", "shopify"), ("myshopify.com", "shopify"), ("bigcommerce.com", "bigcommerce"),
        ("woocommerce", "woocommerce"),
        ("/wp-content/", "wordpress"), ("generator:wordpress", "wordpress"), ("generator:drupal", "drupal"),
        ("generator:joomla", "joomla"),
        ("generator:typo3", "typo3"), ("generator:ghost", "ghost"), ("generator:hugo", "hugo"), ("generator:webflow", "webflow"),
        ("website-files.com", "webflow"), ("squarespace", "squarespace"), ("wixstatic.com", "wix"), ("/_next/static", "nextjs"),
        ("/_nuxt/", "nuxt"), ("static.parastorage.com", "wix"), ("amazonaws.com", "aws"), ("cloudfront.net", "aws"),
        ("azureedge.net", "azure"), ("azurewebsites.net", "azure"), ("storage.googleapis.com", "google-cloud"),
        ("snowflakecomputing.com", "snowflake"), ("calendly.com", "calendly"), ("typeform.com", "typeform"),
        ("mailchimp.com", "mailchimp"), ("list-manage.com", "mailchimp"), ("klaviyo.com", "klaviyo"),
        ("greenhouse.io", "greenhouse"), ("lever.co", "lever"), ("workable.com", "workable"), ("personio.", "personio"),
        ("onetrust.com", "onetrust"), ("cookiebot.com", "cookiebot"), ("usercentrics.eu", "usercentrics"), ("auth0.com", "auth0"),
        ("okta.com", "okta"), ("algolia", "algolia"), ("contentful", "contentful"), ("sanity.io", "sanity"),
        ("prismic.io", "prismic"),
    ]

    private static let signs: [([UInt8], String)] = {
        var signs: [([UInt8], String)] = []
        for (sign, name) in hosts {
            // A host begins the address, or follows a slash or a point.
            let isHost = sign.contains(".") && !sign.contains("/") && !sign.contains(":")
            for text in isHost ? ["/" + sign, "." + sign] : [sign] { signs.append((Array(text.utf8), name)) }
        }
        return signs
    }()

    /// The industry that a type of schema.org tells; nil for those that tell none.
    static func industry(ofType type: String) -> String? { types[type] }

    private static let types: [String: String] = [
        "LegalService": "legal", "Attorney": "legal", "Notary": "legal", "Dentist": "healthcare", "Physician": "healthcare",
        "MedicalOrganization": "healthcare", "MedicalBusiness": "healthcare", "MedicalClinic": "healthcare",
        "Hospital": "healthcare",
        "Pharmacy": "healthcare", "VeterinaryCare": "healthcare", "FinancialService": "financial_services",
        "AccountingService": "financial_services", "InsuranceAgency": "financial_services",
        "BankOrCreditUnion": "financial_services",
        "RealEstateAgent": "real_estate", "Restaurant": "hospitality", "FoodEstablishment": "hospitality",
        "Bakery": "hospitality",
        "Hotel": "hospitality", "LodgingBusiness": "hospitality", "TravelAgency": "travel", "Airline": "travel",
        "EducationalOrganization": "education", "CollegeOrUniversity": "education", "School": "education",
        "GovernmentOrganization": "government", "NGO": "nonprofit", "NewsMediaOrganization": "media",
        "AutomotiveBusiness": "automotive",
        "AutoDealer": "automotive", "AutoRepair": "automotive", "HomeAndConstructionBusiness": "construction",
        "GeneralContractor": "construction", "Electrician": "construction", "Plumber": "construction", "Store": "retail",
        "EmploymentAgency": "staffing", "ProfessionalService": "services", "SportsOrganization": "sports",
    ]

    /// Words with which companies describe themselves; the first that fits counts.
    private static let words: [(String, [String])] = [
        ("b2b_saas", ["saas", "software as a service", "software-as-a-service", "b2b software", "cloud software"]),
        ("legal", ["law firm", "attorneys at law", "rechtsanwälte", "kanzlei", "avocats", "abogados"]),
        ("healthcare", ["medical practice", "dental practice", "clinic", "hospital", "arztpraxis", "zahnarzt"]),
        ("financial_services", ["insurance", "wealth management", "investment management", "versicherung"]),
        ("real_estate", ["real estate", "immobilien", "inmobiliaria"]),
        ("manufacturing", ["manufacturer of", "manufacturing company", "maschinenbau", "hersteller von"]),
        ("services", ["consulting", "consultancy", "agency", "beratung", "agentur"]),
    ]

    private static func industry(ofText text: String) -> String? {
        let text = " " + text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "-") }.joined(separator: " ") + " "
        return words.first { $0.1.contains { text.contains(" \($0) ") || text.contains(" \($0)s ") } }?.0
    }
}
