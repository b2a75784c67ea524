/// Which document types mean the rules of old browsers (section 13.2.6.4.1).
enum Quirks {
    static func isQuirky(_ name: String?, _ publicID: String?, _ systemID: String?, isBroken: Bool) -> Bool {
        guard !isBroken, name == "html" else { return true }
        let id = publicID?.lowercased() ?? ""
        if ["-//w3o//dtd w3 html strict 3.0//en//", "-/w3c/dtd html 4.0 transitional/en", "html"].contains(id) { return true }
        if systemID?.lowercased() == "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd" { return true }
        if prefixes.contains(where: id.hasPrefix) { return true }
        return systemID == nil
            && ["-//w3c//dtd html 4.01 frameset//", "-//w3c//dtd html 4.01 transitional//"].contains(where: id.hasPrefix)
    }

    private static let prefixes = [
        "+//silmaril//dtd html pro v0r11 19970101//", "-//as//dtd html 3.0 aswedit + extensions//",
        "-//advasoft ltd//dtd html 3.0 aswedit + extensions//", "-//ietf//dtd html", "-//metrius//dtd metrius presentational//",
        "-//microsoft//dtd internet explorer", "-//netscape comm. corp.//dtd", "-//o'reilly and associates//dtd html",
        "-//sq//dtd html 2.0 hotmetal + extensions//", "-//softquad software//dtd hotmetal pro", "-//softquad//dtd hotmetal pro",
        "-//spyglass//dtd html 2.0 extended//", "-//sun microsystems corp.//dtd hotjava",
        "-//w3c//dtd html 3 1995-03-24//", "-//w3c//dtd html 3.2", "-//w3c//dtd html 4.0 frameset//",
        "-//w3c//dtd html 4.0 transitional//", "-//w3c//dtd html experimental", "-//w3c//dtd w3 html",
        "-//w3o//dtd w3 html 3.0//",
        "-//webtechs//dtd mozilla html",
    ]
}
