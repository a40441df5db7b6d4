import { expect } from "chai";
import { aPassage, aSheet, extracted, written } from "../../../test/support/sheets.ts";
import { openSetter } from "./setter.ts";

const SPANISH =
  "El AVATAR de la investigación internacional muestra resultados extraordinariamente interesantes; la constitucionalidad de los procedimientos administrativos no es cuestionada por nadie.";
const ARABIC = "السلام عليكم ورحمة الله وبركاته، هذا نص (تجريبي) يحتوي على كلمة Dragoman 2024 في وسطه.";
const HEBREW = "שלום עולם, זהו טקסט (לניסיון) עם Dragoman 2024 באמצע המשפט.";

describe("the setter", () => {
  it("sets a paragraph whose words are found again, in order and with blanks, though it is justified and hyphenated", async () => {
    const setter = await openSetter({ language: "es" });
    const sheet = aSheet([aPassage("p", SPANISH, { box: { x0: 60, x1: 260, y0: 80 }, lines: 6, indent: 12 })]);
    const set = setter.set(sheet, () => undefined);
    expect(words(extracted(await written(sheet, set)))).to.deep.equal(words(SPANISH));
  });

  for (const [language, text] of [
    ["ar", ARABIC],
    ["he", HEBREW],
  ] as const) {
    it(`keeps Latin words and numbers inside of ${language}, and brackets on their sides`, async () => {
      const setter = await openSetter({ language });
      const sheet = aSheet([aPassage("p", text, { box: { x0: 60, x1: 530, y0: 80 }, lines: 1 })], { language });
      const set = setter.set(sheet, () => undefined);
      expect(set[0]?.lines).to.have.length(1);
      expect(words(extracted(await written(sheet, set)))).to.have.members(words(text));
    });
  }

  it("moves letters together that the font says to", async () => {
    const setter = await openSetter({ language: "es" });
    const widthOf = (text: string) => {
      const [set] = setter.set(aSheet([aPassage("p", text, { box: { x0: 60, x1: 260, y0: 80 }, lines: 1 })]), () => undefined);
      return set?.lines[0]?.pieces[0]?.kind === "glyphs" ? set.lines[0].pieces[0].width : 0;
    };
    expect(widthOf("AV")).to.be.lessThan(widthOf("A") + widthOf("V") - 0.5);
  });
});

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
