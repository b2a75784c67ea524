#!/usr/bin/env python3
"""Compares people that a program found with the truth of `people_pages.py`.

    python Benchmarks/people_judge.py ANSWER.json --truth FOLDER/truth.json [--failed] [--layouts]

ANSWER.json: {"NNN.html": [{"name":..., "title":... or null, "email":... or null}, ...], ...}
Prints precision, recall and F1 for name, name+title, name+title+email. A page that is missing
counts as an empty list. Someone reported twice on a page counts once right and once wrong.
--failed   lists each page not fully right, with what was expected and what was given
--layouts  F1 (name+title+email) and name F1 per layout, worst first
"""
import argparse, json, os, re, unicodedata
from collections import Counter

PRE = set("""dr dra drs prof profa professor professorin prof-dr mr mrs ms miss mx mister sir dame lady lord rev reverend hon fr
 herr frau hr fr dipl-ing dipl-kfm dipl dipling ing mag med dent vet jur rer nat phil oec pd priv-doz habil hc univ-prof ra rain
 mme mlle monsieur madame maître me sr sra srta dña dna don doña dott dottssa dottore dottoressa sig sigra avv arch rag geom ir
 mw mevr dhr mevrouw drs mgr judr mudr phdr rndr mvdr paeddr bc doc inż inz pan pani lic licda eng engª engº arq av doç uzm bay bayan
 κ κα κος κυρία κύριος δρ д-р г-н г-жа проф м-р""".split()) - {"don", "doña"}
PRE_AMBIG = {"m", "d"}          # M. (monsieur), D. (don): only if the plain comparison fails
SUF = set("""phd dphil md mba cpa cfa esq esquire dds dmd dvm rn np do jd llm llb llp facs facc facp frcs mrcp frcp riba mrics frics aia
 pmp msc bsc mph mpa mpp edd psyd pharmd obe mbe cbe kbe frs cissp cfp chfc aca acca fca fcca shrm-cp sphr leed-ap dipl-ing mres meng beng
 ret phil msw lcsw""".split())
SUF_COMMA = SUF | set("ma ba bs ms pe ra od pa dr prof".split())   # accepted only after a comma

def base(s):
    s = unicodedata.normalize("NFC", s)
    s = re.sub("[\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f]", "", s)
    for a, b in (("’", "'"), ("‘", "'"), ("ʼ", "'"), ("`", "'"), ("´", "'"), ("“", '"'), ("”", '"'), ("„", '"'), ("‐", "-"), ("‑", "-")):
        s = s.replace(a, b)
    s = unicodedata.normalize("NFC", s.casefold().replace("\u0307", "").replace("ı", "i"))
    return re.sub(r"\s+", " ", s).strip()
def tok(w): return w.replace(".", "").replace(",", "").strip("()")

CJK = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af々ー]"
def nkey(name, ambig=False):
    s = base(name or "")
    parts = [p.strip() for p in s.split(",")]
    while len(parts) > 1 and (not parts[-1] or all(tok(w) in SUF_COMMA for w in parts[-1].split())): parts.pop()
    w = ", ".join(parts).split(" ")
    pre = PRE | PRE_AMBIG if ambig else PRE
    while len(w) > 1 and (tok(w[0]) in pre): w = w[1:]
    while len(w) > 1 and tok(w[-1]) in SUF and w[-1]: w = w[:-1]
    s = " ".join(w).strip(" ,")
    if re.fullmatch("(?:%s| |·)+" % CJK, s):
        s = s.replace(" ", "")
        s = re.sub("(様|氏|さん|先生|女士|님)$", "", s) if len(s) > 2 else s
    return s
def tkey(t):
    if t is None: return None
    t = re.sub(r"\s+", " ", unicodedata.normalize("NFC", re.sub("[\u00ad\u200b\ufeff]", "", str(t))).casefold().replace("\u0307", "").replace("ı", "i")).strip()
    return unicodedata.normalize("NFC", t) or None
def ekey(e):
    e = str(e).strip().lower() if e is not None else ""
    return e or None

def f1(tp, g, e):
    p = tp / g if g else (1.0 if not e else 0.0); r = tp / e if e else 1.0
    return p, r, (2 * p * r / (p + r) if p + r else 0.0)

def main():
    ap = argparse.ArgumentParser(); ap.add_argument("answer"); ap.add_argument("--failed", action="store_true"); ap.add_argument("--layouts", action="store_true")
    ap.add_argument("--truth", required=True)
    a = ap.parse_args()
    truth = json.load(open(a.truth, encoding="utf-8")); ans = json.load(open(a.answer, encoding="utf-8"))
    LV = ["name", "name+title", "name+title+email"]
    tp = [0, 0, 0]; G = Eexp = 0; right = 0; nop = nopbad = 0; shared = 0; lay = {}; out = []
    for page in sorted(truth):
        t = truth[page]; given = ans.get(page) or []
        ek = [nkey(p["name"]) for p in t["people"]]
        exp = [(k, tkey(p["title"]), ekey(p["email"])) for k, p in zip(ek, t["people"])]
        giv = []
        for p in given:
            k = nkey(p.get("name"))
            if k not in ek and nkey(p.get("name"), True) in ek: k = nkey(p.get("name"), True)
            giv.append((k, tkey(p.get("title")), ekey(p.get("email"))))
        G += len(giv); Eexp += len(exp); n = []
        for i in range(3):
            c = sum((Counter(x[:i + 1] for x in exp) & Counter(x[:i + 1] for x in giv)).values()); tp[i] += c; n.append(c)
        oth = {x.lower() for x in t["other_emails"]}; shared += sum(1 for x in giv if x[2] in oth)
        ok = n[2] == len(exp) == len(giv); right += ok
        if not exp: nop += 1; nopbad += bool(giv)
        l = lay.setdefault(t["note"].split(" (")[0], [0, 0, 0, 0, 0]); l[0] += n[0]; l[1] += n[2]; l[2] += len(giv); l[3] += len(exp); l[4] += not ok
        if not ok:
            ce, cg = Counter(exp), Counter(giv); m = ce & cg; m2 = Counter(m); o = ["== %s  %s  %s" % (page, t["url"], t["note"])]
            for lab, ks, ps, mm in (("expected", exp, t["people"], m), ("given   ", giv, given, m2)):
                for k, p in zip(ks, ps):
                    hit = mm[k] > 0; mm[k] -= hit
                    o.append("  %s %s %s | %s | %s" % (lab, "ok" if hit else "!!", p.get("name"), p.get("title"), p.get("email")))
                if not ks: o.append("  %s    (nobody)" % lab)
            out.append("\n".join(o))
    if a.failed: print("\n".join(out) + "\n")
    if a.layouts:
        print("%-28s %8s %8s %9s %s" % ("layout", "name F1", "all F1", "expected", "wrong pages"))
        for k, l in sorted(lay.items(), key=lambda x: (f1(x[1][1], x[1][2], x[1][3])[2], x[0])):
            print("%-28s %8.3f %8.3f %9d %d" % (k, f1(l[0], l[2], l[3])[2], f1(l[1], l[2], l[3])[2], l[3], l[4]))
        print()
    print("%-18s %9s %9s %9s   %s" % ("", "precision", "recall", "F1", "right/given/expected"))
    for i in range(3): print("%-18s %9.4f %9.4f %9.4f   %d/%d/%d" % ((LV[i],) + f1(tp[i], G, Eexp) + (tp[i], G, Eexp)))
    print("pages fully right: %d of %d; pages without person: %d, of which given someone: %d; shared address given to a person: %d" % (right, len(truth), nop, nopbad, shared))
    miss = [p for p in truth if p not in ans]; unk = [p for p in ans if p not in truth]
    if miss: print("pages missing from the answer (counted as empty): %d" % len(miss))
    if unk: print("unknown pages in the answer (ignored): %s" % ", ".join(sorted(unk)[:10]))

if __name__ == "__main__": main()
