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

    @Test func `names and titles of many languages, and the ranks that they stand for`() {
        for (name, title, seniority) in [
            ("Иван Петров", "Изпълнителен директор", "C-Level"),
            ("Мария Иванова", "Търговски директор", "Director"),
            ("Mart Tamm", "Tegevjuht", "C-Level"),
            ("Liis Kask", "Müügijuht", "IC"),
            ("Jānis Bērziņš", "Valdes priekšsēdētājs", "C-Level"),
            ("Anna Ozola", "Mārketinga vadītāja", "Manager"),
            ("Jonas Kazlauskas", "Pardavimų vadovas", "Manager"),
            ("Budi Santoso", "Direktur Utama", "C-Level"),
            ("Siti Rahayu", "Manajer Pemasaran", "Manager"),
            ("Nguyễn Văn An", "Giám đốc Kinh doanh", "Director"),
            ("Trần Thị Mai", "Tổng Giám đốc", "C-Level"),
            ("Marko Jovanović", "Generalni direktor", "C-Level"),
            ("王小明", "執行長", "C-Level"),
            ("陳美玲", "行銷總監", "Director"),
            ("דוד כהן", "מנכ\"ל", "C-Level"),
            ("רות לוי", "סמנכ\"לית שיווק", "VP"),
            ("Kovács Péter", "Ügyvezető igazgató", "C-Level"),
            ("Ahmet Yılmaz", "Genel Müdür", "C-Level"),
            ("علی رضایی", "مدیرعامل", "C-Level"),
            ("مریم احمدی", "مدیر بازاریابی", "Manager"),
            ("राजेश कुमार", "मुख्य कार्यकारी अधिकारी", "C-Level"),
            ("प्रिया शर्मा", "विपणन प्रबंधक", "Manager"),
            ("สมชาย ใจดี", "กรรมการผู้จัดการ", "C-Level"),
            ("มาลี สุขใจ", "ผู้จัดการฝ่ายขาย", "Manager"),
            ("გიორგი ბერიძე", "გენერალური დირექტორი", "C-Level"),
            ("ნინო მაისურაძე", "მარკეტინგის მენეჯერი", "Manager"),
        ] {
            let page = "<div><h3>\(name)</h3><p>\(title)</p></div><div><h3>Jane Doe</h3><p>Buyer</p></div>"
            #expect(people(page) == ["\(name) | \(title) | -", "Jane Doe | Buyer | -"])
            #expect(JobTitle.seniority(title) == seniority, "\(title)")
        }
    }

    @Test func `cells that reach into rows below, names over two columns, people in columns`() {
        #expect(
            people(
                "<table><tr><th>Unit<th>Name<th>Function<tr><td rowspan=2>A<td>Jane Doe<td>Buyer<tr><td>John Smith<td>Engineer</table>"
            )
                == ["Jane Doe | Buyer | -", "John Smith | Engineer | -"])
        #expect(
            people("<table><tr><th>Last name<th>First name<th>Department / Role<tr><td>Doe<td>Jane<td>Buyer</table>") == [
                "Jane Doe | Buyer | -"
            ])
        #expect(
            people(
                "<table><tr><td>Jane Doe<td>John Smith<tr><td>Buyer<td>Engineer<tr><td>jane@acme.test<td>john@acme.test</table>")
                == ["Jane Doe | Buyer | jane@acme.test", "John Smith | Engineer | john@acme.test"])
        #expect(
            people("<pre>Jane Doe      Buyer       jane@acme.test\nJohn Smith    Engineer    john@acme.test</pre>") == [
                "Jane Doe | Buyer | jane@acme.test", "John Smith | Engineer | john@acme.test",
            ])
        #expect(people("<div><h3>Jane<br>Doe</h3><p>Buyer</p></div>") == ["Jane Doe | Buyer | -"])
    }

    @Test(arguments: [
        "<a href=\"javascript:location='mailto:'+atob('amFuZUBhY21lLnRlc3Q=')\">Mail</a>",
        "<script>var u='jane';var h='acme.test';document.write('<a href=\"mailto:'+u+'@'+h+'\">'+u+'@'+h+'</a>');</script>",
        "<script>var addy1 = '&#106;an&#101;' + '&#64;'; addy1 = addy1 + 'acme' + '&#46;' + 'test'; write('<a href=\"mailto:' + addy1);</script>",
        "jane<span style='display: none'>-nospam-</span>@acme.test", "<a data-enc-email='wnar[at]npzr.grfg'>Mail</a>",
        "이메일: <b>jane@acme.test</b>",
    ])
    func `addresses that are hidden from programs`(markup: String) {
        #expect(people("<div><h3>Jane Doe</h3><p>Buyer</p><p>\(markup)</p></div>") == ["Jane Doe | Buyer | jane@acme.test"])
    }

    @Test(arguments: [
        ("<h3>Élodie VASSEUR</h3><p>Gérante</p>", "Élodie Vasseur | Gérante | -"),
        ("<h3>M. R. Fairbrother</h3><p>Director</p>", "M. R. Fairbrother | Director | -"),
        ("<h3>Dipl.-Ing. (FH) Ralf Weber</h3><p>Director</p>", "Ralf Weber | Director | -"),
        (
            "<p>Contact person: Dominic Hale, Director (<a href='mailto:dhale@acme.test'>dhale@acme.test</a>)</p>",
            "Dominic Hale | Director | dhale@acme.test"
        ),
    ])
    func `names as people write them`(markup: String, person: String) { #expect(people("<div>\(markup)</div>") == [person]) }

    @Test func `several people in one line`() {
        #expect(
            people("<figcaption>Von links: Karl Weber (Inhaber), Sabine Huber (Werkstattmeisterin)</figcaption>") == [
                "Karl Weber | Inhaber | -", "Sabine Huber | Werkstattmeisterin | -",
            ])
        #expect(
            people("<p>Geschäftsführer: Thomas Weber, Matthias Vogt</p>", at: "https://acme.test/impressum") == [
                "Thomas Weber | Geschäftsführer | -", "Matthias Vogt | Geschäftsführer | -",
            ])
        #expect(
            people("<table><tr><th>Förnamn<th>Efternamn<th>Titel<tr><td>Viktor<td>Öberg<td>Produktionschef</table>") == [
                "Viktor Öberg | Produktionschef | -"
            ])
        // Whom one asks at the company is none of its partners.
        #expect(
            people("<div class=ansprechpartner><p>Herr Tobias Weber</p><p>Projektleiter</p></div>") == [
                "Tobias Weber | Projektleiter | -"
            ])
    }

    @Test func `what a page shows of its company`() {
        let page = """
            <head><title>Acme, SaaS for mills</title><script src="https://js.hs-scripts.com/1.js"></script><meta name=generator content="WordPress 6">
            <script type="application/ld+json">{"@type": "Dentist", "name": "Acme", "numberOfEmployees": {"@type": "QuantitativeValue", "value": 120}}</script>
            """
        let facts = PeopleFinder.find(HTMLTree(Array(page.utf8)), url: "https://acme.test/").company
        #expect(facts == CompanyFacts(name: "Acme", industry: "healthcare", size: "51-200", tech: ["hubspot", "wordpress"]))
        #expect(
            PeopleFinder.find(HTMLTree(Array("<title>Acme, SaaS for mills</title>".utf8)), url: "https://acme.test/").company
                .industry == "b2b_saas")
    }

    @Test(arguments: [
        ("120", "51-200"), ("1,200 employees", "1001+"), ("51-200", "51-200"), ("10", "1-10"), ("500+", "201-1000"),
        ("1000+", "1001+"),
        ("some", nil), ("11 - 50", "11-50"), ("120.0", "51-200"), ("1.200", "1001+"),
    ])
    func `sizes of companies have buckets`(text: String, bucket: String?) { #expect(CompanySize.bucket(of: text) == bucket) }

    @Test func `what is sold is nobody`() {
        let card = { (name: String) in "<div class=card><h3>\(name)</h3><p>Polo</p><span>€ 44.00</span></div>" }
        #expect(
            people(card("Ralph Lauren") + card("Paul Mitchell") + card("Tommy Hilfiger"), at: "https://acme.test/products") == [])
    }

    @Test func `cards of many makers`() {
        // A link to an address says nothing of the next card.
        let card = { (name: String, mail: String) in
            "<li><h3>\(name)</h3><p>Buyer</p><ul><li><a href='mailto:\(mail)@acme.test'><span>Email</span></a></li></ul></li>"
        }
        #expect(
            people("<ul>\(card("Marcus Hale", "mh"))\(card("Theo Marsh", "tm"))</ul>") == [
                "Marcus Hale | Buyer | mh@acme.test", "Theo Marsh | Buyer | tm@acme.test",
            ])
        // Given name and family name on two lines, no heading.
        #expect(people("<div><p>Nathan<br>Rourke</p><p>Legal Counsel</p></div>") == ["Nathan Rourke | Legal Counsel | -"])
        // The whole card is a link, with the office behind the title.
        let link = { (name: String) in "<a href=/x><span>\(name)</span> <span>Consultant</span> <span>Chicago</span></a>" }
        #expect(
            people("<div>\(link("Wesley Marsh"))\(link("Grace Vance"))</div>") == [
                "Wesley Marsh | Consultant | -", "Grace Vance | Consultant | -",
            ])
        // What is in a tab is shown when somebody asks for it.
        #expect(
            people("<div role=tabpanel hidden><h3>Grace Vance</h3><p>Sales Director</p></div>") == [
                "Grace Vance | Sales Director | -"
            ])
        #expect(people("<p>Vorstand</p><p>Thomas Brückner, Susanne Kopf</p>").count == 2)
    }

    @Test func `among names with titles the shape of a name is enough`() {
        let card = { (name: String, title: String) in "<div><h2>\(name)</h2><p>\(title)</p></div>" }
        let found = people(
            card("Anna Keller", "Director") + card("Xyra Quillon", "Glass Whisperer") + card("Tom Baker", "Manager")
                + card("Våra Projekt", "Kvarteret Norra Hamnen"))
        #expect(found == ["Anna Keller | Director | -", "Xyra Quillon | Glass Whisperer | -", "Tom Baker | Manager | -"])
    }

    @Test func `who works elsewhere is no lead`() {
        #expect(people("<h3>Gareth Rourke</h3><p>Partner at Gantry Ventures</p>") == [])
        #expect(people("<h3>Gareth Rourke</h3><p>Partner at Acme</p>").count == 1)
        // The address of an office is nobody's.
        #expect(
            people("<div><h2>Leeds</h2><p>leeds@acme.test</p><h5>Beatrice Moreau</h5><p>Branch Manager</p></div>") == [
                "Beatrice Moreau | Branch Manager | -"
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
