import { onePage, pdfStream, rawPdf } from "../fuzz/raw_pdf.ts";
import { heading, list, paragraph } from "../reading/make/sample.ts";
import { paragraphs, sentences, titles } from "../reading/prose.ts";
import { flow, type InPlaceSample, page, pdf, within } from "./sample.ts";

/** The longest that a line of Chinese signs is. */
const SIGNS = 30;
const CHINESE = [
  "港口办公室早上七点开门，第一批渔船不久之后就离开码头。大多数渔民从小就互相认识，虽然很少有人会这样说。",
  "博物馆展出山谷里各家各户留下来的工具、信件和照片。最大的房间中央放着一台木制织布机，星期六孩子们可以试用。",
  "租用自行车的人必须把车还到地图上标明的车站。出发之前请检查刹车和车灯，如果有什么松动，请告诉我们。",
];
const HEBREW = [
  "משרד הנמל נפתח בשעה שבע בבוקר, והסירות הראשונות יוצאות לים זמן קצר אחר כך.",
  "המוזיאון מציג כלים, מכתבים ותצלומים של משפחות העמק.",
  "מי ששוכר אופניים צריך להחזיר אותם לאחת התחנות שבמפה.",
];

/** Writings from right to left, and without spaces. */
export const SCRIPTS: readonly InPlaceSample[] = [
  ...(["ar", "he"] as const).map((to) =>
    page({ id: `to-${to}`, to }, [
      heading(titles("en", 1)[0] ?? ""),
      ...paragraphs("en", 2).map(paragraph),
      list({ mark: "1.", text: sentences("en", 1, 3)[0] ?? "" }, { mark: "2.", text: sentences("en", 1, 5)[0] ?? "" }),
    ]),
  ),
  pdf({ id: "from-he", from: "he", fonts: "embedded" }, (book) => {
    const ink = book.page();
    const type = { family: "sans", size: 12 } as const;
    let y = 90;
    for (const text of HEBREW) {
      const words = text.split(" ");
      for (let from = 0; from < words.length; ) {
        let count = words.length - from;
        while (ink.measure(words.slice(from, from + count).join(" "), type) > 300) count--;
        // The letters of a line as they stand on paper, from the left.
        const line = [...words.slice(from, from + count).join(" ")].reverse().join("");
        ink.text(line, 500 - ink.measure(line, type), y, type);
        from += count;
        y += 17;
      }
      y += 12;
    }
  }),
  { ...{ id: "from-zh", from: "zh", to: "es", fileName: "from-zh.pdf" }, make: async () => inBoxes(CHINESE) },
  page({ id: "from-de", from: "de" }, [heading(titles("de", 1)[0] ?? ""), ...paragraphs("de", 3).map(paragraph)], {
    look: { align: "justify", hyphen: "-" },
  }),
  pdf({ id: "embedded-fonts", fonts: "embedded" }, (book) => {
    const ink = book.page();
    flow(ink, [heading(titles("en", 1, 2)[0] ?? ""), ...paragraphs("en", 3, 2).map(paragraph)], within(ink), { family: "sans" });
  }),
];

/** Text in a font of our own, whose glyphs are boxes that say which signs they are: no font of Chinese is at hand. */
function inBoxes(texts: readonly string[]): Uint8Array {
  const signs = [...new Set(texts.join(""))];
  const codeOf = (sign: string) => hex(signs.indexOf(sign) + 1, 2);
  let y = 760;
  const lines: string[] = [];
  for (const text of texts) {
    for (let at = 0; at < text.length; at += SIGNS) {
      lines.push(`BT /F1 12 Tf 70 ${y} Td <${[...text.slice(at, at + SIGNS)].map(codeOf).join("")}> Tj ET`);
      y -= 20;
    }
    y -= 16;
  }
  const names = signs.map((_, index) => `/g${index + 1}`);
  const font = [
    "<< /Type /Font /Subtype /Type3 /FontBBox [0 -120 1000 880] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 1",
    `/LastChar ${signs.length} /Widths [${signs.map(() => 1000).join(" ")}] /ToUnicode 7 0 R /Resources << >>`,
    `/Encoding << /Type /Encoding /Differences [1 ${names.join(" ")}] >> /CharProcs << ${names.map((name) => `${name} 6 0 R`).join(" ")} >> >>`,
  ].join(" ");
  const box = pdfStream("1000 0 0 -120 1000 880 d1 60 w 150 0 700 700 re S 150 350 m 850 350 l S");
  const ranges = signs.map((sign, index) => `<${hex(index + 1, 2)}> <${hex(sign.charCodeAt(0), 4)}>`);
  const unicode = pdfStream(
    `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Signs def /CMapType 2 def\n1 begincodespacerange <00> <FF> endcodespacerange\n${bfchars(ranges)}\nendcmap end end`,
  );
  return rawPdf(onePage({ content: lines.join("\n"), font, more: [box, unicode] }));
}

/** A hundred at once, which is as many as there may be. */
function bfchars(ranges: readonly string[]): string {
  const parts: string[] = [];
  for (let at = 0; at < ranges.length; at += 100) {
    const part = ranges.slice(at, at + 100);
    parts.push(`${part.length} beginbfchar\n${part.join("\n")}\nendbfchar`);
  }
  return parts.join("\n");
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
