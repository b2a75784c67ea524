import HTML
import Testing

@testable import Discovery

@Suite("Finding people on pages")
struct PeopleTests {
    private func people(_ body: String, at url: String = "https://acme.test/team") -> [String] {
        PeopleFinder.find(HTMLTree(Array("<body>\(body)".utf8)), url: url).people.map { person in
            [person.name, person.title ?? "-", person.email ?? "-"].joined(separator: " | ")
        }
    }

    @Test func `cards, tables and lists`() {
        #expect(
            people("<div><h3>Jane Doe</h3><p>Director of Sales</p><a href='mailto:jane@acme.test?subject=x'>Mail</a></div>") == [
                "Jane Doe | Director of Sales | jane@acme.test"
            ])
        #expect(
            people("<table><tr><th>Position<th>Name<th>E-mail<tr><td>Head Chef<td>Li Wang<td>li [at] acme [dot] test</table>")
                == ["Li Wang | Head Chef | li@acme.test"])
        #expect(
            people("<ul><li>John Smith, Chief Executive Officer<li>Anna-Maria O'Neill – VP Marketing</ul>") == [
                "John Smith | Chief Executive Officer | -", "Anna-Maria O'Neill | VP Marketing | -",
            ])
        #expect(
            people("<p>Geschäftsführer: Max Huber, Erika Lang</p>", at: "https://acme.test/impressum") == [
                "Max Huber | Geschäftsführer | -", "Erika Lang | Geschäftsführer | -",
            ])
    }

    @Test func `what pages say for machines`() {
        #expect(
            people(
                #"<script type="application/ld+json">{"@graph": [{"@type": "Person", "name": "Ada Byron", "jobTitle": "CTO", "email": "mailto:ada@acme.test"}]}</script>"#
            )
                == ["Ada Byron | CTO | ada@acme.test"])
        #expect(
            people("<div class=vcard><span class=fn>Ada Byron</span><span class=title>CTO</span></div>") == [
                "Ada Byron | CTO | -"
            ])
        #expect(
            people("<p>Ada Byron, CTO <a class=__cf_email__ data-cfemail=5435303514353739317a20312720></a></p>") == [
                "Ada Byron | CTO | ada@acme.test"
            ])
    }

    @Test func `names of things are no people`() {
        #expect(
            people("<h2>Our Mission</h2><h2>Customer Success</h2><h2>New York</h2><p>Director</p>", at: "https://acme.test/")
                == [])
        #expect(people("<blockquote class=testimonial><p>Great!</p><cite>Jane Roe, CTO of Other Corp</cite></blockquote>") == [])
        #expect(people("<p>Write to <a href='mailto:info@acme.test'>info@acme.test</a></p>") == [])
    }

    @Test func `titles tell the work and the rank`() {
        #expect(JobTitle.roleFamily("VP of Engineering") == "Engineering" && JobTitle.seniority("VP of Engineering") == "VP")
        #expect(JobTitle.roleFamily("Chief Financial Officer") == "Finance" && JobTitle.seniority("CFO") == "C-Level")
        #expect(JobTitle.roleFamily("Leiter Vertrieb") == "Sales" && JobTitle.seniority("Leiter Vertrieb") == "Head")
        #expect(JobTitle.seniority("Assistant to the CEO") == "IC")
        #expect(JobTitle.roleFamily("Painter") == "General Management")
    }
}
