/// The numbers by which files of Microsoft name encodings.
enum CodePages {
    /// - Returns: nil for a page that is not known.
    static func encoding(_ page: Int) -> String? {
        switch page {
        case 932: "shift_jis"
        case 936: "gb18030"
        case 949, 1361: "euc-kr"
        case 950: "big5"
        case 10000: "macintosh"
        case 10007: "x-mac-cyrillic"
        case 10029: "x-mac-ce"
        case 65001: "utf-8"
        case 874, 1250...1258: "windows-\(page)"
        case 437, 850, 852, 866: "ibm\(page)"
        case 20866: "koi8-r"
        case 28592: "iso-8859-2"
        default: nil
        }
    }
}
