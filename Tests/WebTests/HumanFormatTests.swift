import Core
import Testing
import Web

@Suite("Words for people")
struct WordingTests {
    @Test func `numbers, sizes and times are short and right`() {
        #expect(HumanFormat.count(2_800_000) == "2,800,000")
        #expect(HumanFormat.count(-1_000) == "-1,000")
        #expect(HumanFormat.count(7) == "7")
        #expect(HumanFormat.size(1) == "1 byte")
        #expect(HumanFormat.size(999) == "999 bytes")
        #expect(HumanFormat.size(53_687_091_200) == "53.7 GB")
        #expect(HumanFormat.size(999_950_000) == "1 GB")
        #expect(HumanFormat.share(612, of: 1000) == "61.2 %")
        #expect(HumanFormat.share(0, of: 0) == "0 %")
        #expect(HumanFormat.duration(0.84) == "0.8 s")
        #expect(HumanFormat.duration(72) == "1 m 12 s")
        #expect(HumanFormat.time(Moment(rawValue: 1_698_400_800_000)) == "27 Oct 2023, 10:00 UTC")
    }

    @Test(arguments: [.infinity, -.infinity, .nan, 1e300, -1e300, Double(Int64.max), 0.05] as [Double])
    func `a number that nobody checked has words too`(number: Double) {
        #expect(!HumanFormat.duration(number).isEmpty)
        #expect(!HumanFormat.share(.max, of: 1).isEmpty)
        #expect(!HumanFormat.share(.min, of: -1).isEmpty)
        #expect(!HumanFormat.size(.max).isEmpty)
        #expect(!HumanFormat.size(.min).isEmpty)
        #expect(!HumanFormat.time(Moment(rawValue: .max)).isEmpty)
        #expect(!HumanFormat.time(Moment(rawValue: .min)).isEmpty)
    }
}

@Suite("Reading forms")
struct FormTests {
    @Test func `names, values, repeats and escapes are kept`() {
        let form = Form("a=1&a=2&b=x+y%2Bz&c=%C3%BC&d&e=%zz")
        #expect(form.all("a") == ["1", "2"])
        #expect(form["b"] == "x y+z")
        #expect(form["c"] == "ü")
        #expect(form["d"] == nil)
        #expect(form["e"] == "%zz")
    }

    @Test func `what was escaped is read back`() {
        let text = "a b&c=d/ü+%~"
        #expect(Form("x=\(text.queryEscaped)")["x"] == text)
    }
}

@Suite("Comparing entity tags")
struct ETagTests {
    @Test(arguments: ["\"a\"", "W/\"a\"", "*", "\"b\", \"a\"", "a"]) func `a match is found in every spelling`(list: String) {
        #expect(ETag.matches(list, "\"a\""))
    }

    @Test(arguments: ["", "\"b\"", "\"aa\"", "W/\"b\""]) func `another tag does not match`(list: String) {
        #expect(!ETag.matches(list, "\"a\""))
    }

    @Test func `a message about a field has the page's word for it`() {
        let labels = ["job_url": "Link to the posting", "tags": "Tags"]
        #expect(HumanFormat.labelled("job_url must be an address.", labels) == "Link to the posting must be an address.")
        #expect(HumanFormat.labelled("tags: a tag is too long.", labels) == "Tags: a tag is too long.")
        #expect(HumanFormat.labelled("Choose a file first.", labels) == "Choose a file first.")
    }
}
