import { type HandMade, type Input, toInputs } from "./input.ts";
import { onePage, rawPdf, SENTENCE } from "./raw_pdf.ts";

const READ = "SUCCEEDED";
const PARTLY = "PARTIALLY_SUCCEEDED";
const EMPTY = "NO_CONTENT";
const UNKNOWN = "UNSUPPORTED_FILE_TYPE";
const COMPLEX = "DOCUMENT_TOO_COMPLEX";
const NOTHING = "NOTHING_TRANSLATED";
const ANY = [READ, PARTLY, NOTHING] as const;
const MIB = 1024 * 1024;

const text = (content: string) => () => Buffer.from(content);

const texts: readonly HandMade[] = [
  ["35,000 words without a stop", ANY, text("garden house river ".repeat(11_700)), "heavy"],
  ["one line of five megabytes", [...ANY, "TEXT_TOO_LARGE"], text("a line without an end ".repeat(230_000)), "heavy"],
  ["one word of a megabyte", [...ANY, "TEXT_TOO_LARGE"], text("a".repeat(MIB)), "heavy"],
  ["a megabyte of question marks and letters", [...ANY, "TEXT_TOO_LARGE"], text("?a".repeat(MIB / 2)), "heavy"],
  ["a megabyte of stops", [...ANY, "TEXT_TOO_LARGE", "LANGUAGE_NOT_DETECTED"], text(`${SENTENCE}\n\n${". ".repeat(MIB / 2)}`), "heavy"],
  ["a megabyte of line ends", EMPTY, text("\n".repeat(MIB))],
  ["a megabyte of spaces and line ends", EMPTY, text(" \n \t".repeat(MIB / 4))],
  ["twenty-one megabytes", "TEXT_TOO_LARGE", () => Buffer.alloc(21 * MIB, "word ")],
  [
    "forty thousand paragraphs of a letter",
    [...ANY, "LANGUAGE_NOT_DETECTED", "TEXT_TOO_LARGE", "TOO_MANY_PAGES"],
    text("a\n\n".repeat(40_000)),
    "heavy",
  ],
  ["9,400 pages of a line each", "TOO_MANY_PAGES", text("garden\n\n".repeat(9400 * 40))],
  ["NUL at its start", UNKNOWN, text("\0text")],
  ["NUL after its first page", UNKNOWN, text(`${SENTENCE}\n`.repeat(200).concat("\0"))],
  ["control bytes after its first page", UNKNOWN, text(`${SENTENCE}\n`.repeat(200).concat("\x01\x02\x1b[2J\x07"))],
  ["half characters", UNKNOWN, () => Buffer.from(`${Buffer.from(SENTENCE).toString("hex")}eda080edb080`, "hex")],
  ["overlong NUL", [UNKNOWN, ...ANY], () => Buffer.concat([Buffer.from(SENTENCE), Buffer.from("c080", "hex")])],
  ["a character cut off at its end", UNKNOWN, () => Buffer.concat([Buffer.from(SENTENCE), Buffer.from("e282", "hex")])],
  ["Latin-1", [...ANY, "SAME_LANGUAGE"], () => Buffer.from("El jardín está abierto", "latin1")],
  ["UTF-16 with its mark", ANY, () => Buffer.concat([Buffer.from("fffe", "hex"), Buffer.from(SENTENCE, "utf16le")])],
  ["UTF-16 of an odd length", UNKNOWN, () => Buffer.concat([Buffer.from("feff", "hex"), Buffer.from(SENTENCE, "utf16le").subarray(1)])],
  ["UTF-32", UNKNOWN, () => Buffer.from("fffe000054000000", "hex")],
  ["three byte order marks", ANY, text(`\ufeff\ufeff\ufeff${SENTENCE}`)],
  ["a byte order mark and nothing", EMPTY, text("\ufeff")],
  ["one space", EMPTY, text(" ")],
  ["one letter", ANY, text("a")],
  ["only signs of no width", [EMPTY, ...ANY], text("\u200b\u200d\u2060\ufeff".repeat(2000))],
  ["signs of no width between letters", ANY, text([...SENTENCE].join("\u200b".repeat(20)))],
  ["a hundred thousand signs of no width", [EMPTY, ...ANY], text(`${SENTENCE} ${"\u200b".repeat(100_000)}`), "heavy"],
  ["a thousand marks on each letter", [...ANY, COMPLEX], text([...SENTENCE].map((letter) => letter + "\u0301\u0336".repeat(500)).join(""))],
  ["marks on nothing", [EMPTY, ...ANY], text("\u0301".repeat(30_000)), "heavy"],
  ["overrides from right to left", ANY, text(`\u202e\u2066${SENTENCE}\u202a`.repeat(50))],
  ["Arabic and Hebrew", ANY, text("مرحبا بالعالم هذا نص طويل قليلا. שלום עולם, זה טקסט קצר.")],
  ["families and flags", ANY, text("👨‍👩‍👧‍👦🏳️‍🌈🇪🇸".repeat(300))],
  ["signs of private use and none", ANY, text(`${SENTENCE} \ue000\ue0011\ue001 \uffff\ufdd0 \u{10ffff}`)],
  ["every plane's letters", ANY, text(Array.from({ length: 3000 }, (_, index) => String.fromCodePoint(0x10000 + index * 37)).join(""))],
  ["Apertium's own signs", ANY, text("^a<n>$ [x] \\ {y} /z/ @a #b *c \\0 [<b>] ^^$$ [[]] ".repeat(40))],
  ["addresses that never end", ANY, text(`https://${"a.".repeat(5000)} ${"a@".repeat(5000)} ${"`".repeat(5001)}`)],
  ["the same sentence in 33 languages' signs", ANY, text("Ω≈ç√∫ 漢字仮名交じり文 한국어 ไทยไม่มีช่องว่าง ქართული հայերեն አማርኛ ".repeat(30))],
];

const markdown: readonly HandMade[] = [
  ["sixty-four thousand links that never close", COMPLEX, text(`${SENTENCE}\n\n${"[a](".repeat(64_000)}`)],
  ["quotes ten thousand deep", [EMPTY, ...ANY, COMPLEX], text(`${">".repeat(10_000)} ${SENTENCE}`)],
  ["lists five thousand deep", ANY, text(Array.from({ length: 5000 }, (_, depth) => `${" ".repeat(depth)}- a`).join("\n")), "heavy"],
  ["lists on one line, ten thousand deep", ANY, text(`${"- ".repeat(10_000)}${SENTENCE}`), "heavy"],
  ["a megabyte of [", [...ANY, UNKNOWN], text("[".repeat(MIB)), "heavy"],
  ["a megabyte of *", [EMPTY, ...ANY], text("*".repeat(MIB)), "heavy"],
  ["fifty thousand * and letters", ANY, text("*a ".repeat(50_000)), "heavy"],
  ["fifty thousand pairs of * and _", ANY, text("*_a".repeat(50_000)), "heavy"],
  ["emphasis in emphasis, twenty thousand deep", ANY, text(`${"*a **a ".repeat(20_000)}b${" a** a*".repeat(20_000)}`), "heavy"],
  ["links in links", ANY, text(`${"[a](".repeat(20_000)}b`), "heavy"],
  ["pictures in pictures", [...ANY, EMPTY, COMPLEX], text(`${"![".repeat(20_000)}b${"](c)".repeat(20_000)}`), "heavy"],
  ["fifty thousand <", ANY, text("a <".repeat(50_000)), "heavy"],
  ["fifty thousand runs of `", ANY, text(Array.from({ length: 1000 }, (_, length) => "`".repeat(length + 1)).join("a")), "heavy"],
  [
    "a table of a hundred thousand columns",
    [...ANY, EMPTY],
    text(`|${" a |".repeat(100_000)}\n|${"-|".repeat(100_000)}\n|${" b |".repeat(100_000)}\n`),
    "heavy",
  ],
  [
    "a table of two thousand columns",
    [...ANY, EMPTY],
    text(`|${" a |".repeat(2000)}\n|${"-|".repeat(2000)}\n|${" b |".repeat(2000)}\n`),
    "heavy",
  ],
  ["a table of forty thousand rows", ANY, text(`| a | b |\n|---|---|\n${"| c | d |\n".repeat(40_000)}`), "heavy"],
  ["fifty thousand headings", [EMPTY, ...ANY], text("# \n".repeat(50_000)), "heavy"],
  ["fifty thousand references", [EMPTY, ...ANY], text(Array.from({ length: 50_000 }, (_, index) => `[${index}]: /u`).join("\n")), "heavy"],
  ["HTML and scripts", [EMPTY, ...ANY], text(`<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n${SENTENCE} <b onclick=x>`)],
  ["a fence that never closes", [...ANY, EMPTY], text(`\`\`\`\n${SENTENCE}\n`)],
  ["a code of a megabyte in one line", [...ANY, "TEXT_TOO_LARGE"], text(`    ${"x".repeat(MIB)}`), "heavy"],
  ["entities that are none", ANY, text(`&#x110000; &#0; &unknown; &#99999999999; ${SENTENCE}`)],
];

const SH = "#!/bin/sh\n";
const others: readonly HandMade[] = [
  ["an empty file", "EMPTY_FILE", () => new Uint8Array()],
  ["one byte of 0xff", UNKNOWN, () => Uint8Array.of(0xff)],
  ["one NUL", UNKNOWN, () => Uint8Array.of(0)],
  ["a zip", UNKNOWN, () => Buffer.from("504b0304140000000800", "hex")],
  ["a Word document", UNKNOWN, () => Buffer.concat([Buffer.from("504b03041400060008000000", "hex"), Buffer.from("[Content_Types].xml")])],
  ["a program of Windows", UNKNOWN, () => Buffer.concat([Buffer.from("4d5a90000300000004000000ffff", "hex"), Buffer.alloc(500)])],
  ["a program of Linux", UNKNOWN, () => Buffer.concat([Buffer.from("7f454c4602010100", "hex"), Buffer.alloc(500)])],
  ["a script with a PDF in it", [READ, "PDF_CORRUPT"], () => Buffer.concat([Buffer.from(SH), rawPdf(onePage({}))])],
  ["a PDF within a GIF", [READ, "PDF_CORRUPT"], () => Buffer.concat([Buffer.from("GIF89a"), rawPdf(onePage({}))])],
  [
    "a PNG with a PDF's header in it",
    ["PDF_CORRUPT"],
    () => Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.from("%PDF-1.7")]),
  ],
  ["a PDF's header after the first kilobyte", UNKNOWN, () => Buffer.concat([Buffer.alloc(2000, 1), rawPdf(onePage({}))])],
];

/** Names that a client can give; each is refused, or the document is read like any other. */
const NAMES: readonly (readonly [what: string, fileName: string])[] = [
  ["from right to left", "\u202etxt.exe"],
  ["with a NUL", "a\0b.txt"],
  ["with line ends", "a\r\nx-evil: 1.txt"],
  ["that leads out of its folder", "../../../../etc/passwd"],
  ["that leads out of its folder on Windows", "..\\..\\a.txt"],
  ["absolute", "/etc/cron.d/a"],
  ["that is only dots", ".."],
  ["of five hundred signs", `${"長".repeat(500)}.txt`],
  ["of spaces", "   "],
  ["like a switch", "--help"],
  ["with quotes and percent", "a\"';%00%0d%0a$(id)`id`.md"],
  ["of half a character", "a\ud800.txt"],
  ["like a property", "__proto__"],
];

const names: readonly Input[] = NAMES.map(([what, fileName]) => ({
  name: `name: ${what}`,
  fileName,
  from: "en",
  content: text(SENTENCE),
  ends: [READ, "INVALID_REQUEST"],
}));

export const hostileTexts: readonly Input[] = [
  ...toInputs("text", "a.txt", texts),
  ...toInputs("Markdown", "a.md", markdown),
  ...toInputs("other", "a.docx", others),
  ...names,
];
