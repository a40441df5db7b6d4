import { expect } from "chai";
import { choosePair, type Detect, detectLanguage, openDetector, otherLanguage } from "./language.ts";

const EN_ES = { source: "en", target: "es" };
const SERVED = [EN_ES, { source: "es", target: "en" }, { source: "fr", target: "ca" }, { source: "nb", target: "es" }];
const ENGLISH = "The garden behind the old house is open to all readers every morning. A narrow path leads to the small pond.";
const SPANISH = "El jardín detrás de la casa vieja está abierto a todos los lectores cada mañana. Un camino lleva al estanque.";
const FRENCH = "Le jardin derrière la vieille maison est ouvert à tous les lecteurs chaque matin. Un chemin étroit mène à l'étang.";
const ARABIC = "الحديقة خلف البيت القديم مفتوحة لجميع القراء كل صباح. يطعم الأطفال البط بالقرب من البركة الصغيرة.";

async function refusal(sample: string, source = "", target = "es"): Promise<{ code: string; message: string }> {
  return choosePair(sample, { source, target }, SERVED).then(
    (pair) => ({ code: "none", message: `${pair.source}→${pair.target}` }),
    ({ code, message }: { code: string; message: string }) => ({ code, message }),
  );
}

describe("the language pair of a document", () => {
  it("is from the language that its text is in", async () => {
    expect(await choosePair(ENGLISH, { source: "", target: "es" }, SERVED)).to.deep.equal(EN_ES);
    expect(await choosePair(SPANISH, { source: "", target: "en" }, SERVED)).to.deep.equal({ source: "es", target: "en" });
  });
  it("is refused by name where nothing serves it, with what is served", async () => {
    expect(await refusal(FRENCH)).to.deep.equal({
      code: "UNSUPPORTED_LANGUAGE_PAIR",
      message: "The document is in French; no translator serves fr→es. From French: fr→ca.",
    });
    expect(await refusal(ARABIC)).to.deep.equal({
      code: "UNSUPPORTED_LANGUAGE_PAIR",
      message: "The document is in Arabic; no translator serves ar→es.",
    });
    expect((await refusal(ENGLISH, "fr")).message).to.equal("No translator serves fr→es. From French: fr→ca.");
  });
  it("is refused by its script where the text is short", async () => {
    expect((await refusal("الحديقة مفتوحة")).message).to.contain("The document is in Arabic");
    expect((await refusal("庭園は本日")).message).to.contain("The document is in Japanese");
  });
  it("is not known only where there is too little text", async () => {
    expect((await refusal("No. 12 — 3.5 %")).code).to.equal("LANGUAGE_NOT_DETECTED");
    expect((await refusal("")).code).to.equal("LANGUAGE_NOT_DETECTED");
  });
  it("is refused where the document is in the target language, as detected or given", async () => {
    expect((await refusal(SPANISH)).code).to.equal("SAME_LANGUAGE");
    expect((await refusal(ENGLISH, "es")).code).to.equal("SAME_LANGUAGE");
  });
  it("is never the same language for a badly read English scan", async () => {
    const scan = "Tbe gardcn bebind tlie old housc is opcn to ail rcaders evcry moming. A narrow patb leads to tbe smail pond.\n".repeat(4);
    expect(await choosePair(scan, { source: "", target: "es" }, SERVED)).to.deep.equal(EN_ES);
  });
  it("is from what is served of a document in two languages", async () => {
    expect(await choosePair(`${SPANISH}\n${ENGLISH}\n${SPANISH}`, { source: "", target: "es" }, SERVED)).to.deep.equal(EN_ES);
    expect(await choosePair(`${FRENCH}\n${ENGLISH}`, { source: "", target: "es" }, SERVED)).to.deep.equal(EN_ES);
  });
  it("is to a variety of a language, and from one, as far as that is served", async () => {
    const pairs = [
      { source: "en", target: "pt-BR" },
      { source: "zh-Hans", target: "pt-BR" },
    ];
    expect(await choosePair(ENGLISH, { source: "", target: "pt-BR" }, pairs)).to.deep.equal({ source: "en", target: "pt-BR" });
    expect(await choosePair(ENGLISH, { source: "en-GB", target: "pt-BR" }, pairs)).to.deep.equal({ source: "en", target: "pt-BR" });
    const refused = await choosePair(SPANISH, { source: "", target: "es-MX" }, [{ source: "en", target: "es-MX" }]).catch(
      ({ code }) => code,
    );
    expect(refused).to.equal("SAME_LANGUAGE");
  });
  it("is from the name that translators have for a language", async () => {
    const norwegian = "Hagen bak det gamle huset er åpen for alle lesere hver morgen. En smal sti fører ned til den lille dammen.";
    expect(await choosePair(norwegian, { source: "", target: "es" }, SERVED)).to.deep.equal({ source: "nb", target: "es" });
  });
});

describe("a sentence's own language", () => {
  let detect: Detect;
  before(async () => {
    detect = await openDetector();
  });
  const other = (text: string) => otherLanguage(text, EN_ES, detect);
  it("is told where it surely is another", () => {
    expect(other("La biblioteca está abierta de lunes a sábado y el jardín es gratis.")).to.equal("es");
    expect(other("Le moulin sur la rivière fut fermé l'année de la grande crue.")).to.equal("fr");
    expect(other("今日は晴れですが、明日は雨でしょう。")).to.equal("ja");
  });
  it("is told where it is in the target, whatever its variety", () => {
    const text = "La biblioteca está abierta de lunes a sábado y el jardín es gratis.";
    expect(otherLanguage(text, { source: "en-GB", target: "es-MX" }, detect)).to.equal("es-MX");
  });
  it("is the document's for what is short, or names", () => {
    for (const text of [
      "La Casa Verde",
      "Universidad de Salamanca, Facultad de Medicina",
      "Dr. Juan García and Sra. López of Madrid",
      "sí, gracias",
      "ok",
    ])
      expect(other(text), text).to.equal(undefined);
  });
  it("is the document's for its own sentences", () => {
    for (const text of [
      "The door is open to all the readers today.",
      "Please do not leave the bicycles in the hall at night.",
      "It has been seen by no more than a few of the local people.",
      "the rest of the total is due at the end of the rental period",
    ])
      expect(other(text), text).to.equal(undefined);
  });
});

describe("the language of a text", () => {
  it("is one of all that there are", async () => {
    const detect = await openDetector();
    expect(detectLanguage(FRENCH, detect)).to.equal("fr");
    expect(detectLanguage("Der Garten ist heute für alle Leser geöffnet.", detect)).to.equal("de");
    expect(detectLanguage("花园今天向本刊所有读者开放。", detect)).to.equal("zh");
    expect(detectLanguage("ab", detect)).to.equal(undefined);
  });
});
