import { expect } from "chai";
import fc from "fast-check";
import { contents } from "../../../test/support/contents.ts";
import type { Tagged } from "../../engine/document/segment.ts";
import { toTagged } from "../../engine/document/tagging.ts";
import type { LanguagePair, Translation } from "../../engine/ports/translator.ts";
import { apertium } from "../apertium/apertium.ts";
import type { Term } from "../order.ts";
import { NO_TERMS, termBook } from "./term_book.ts";

const EN_ES: LanguagePair = { source: "en", target: "es" };

const term = (source: string, target: string, rules: Partial<Term> = {}): Term => ({
  ...{ source, target, caseSensitive: false, exact: false },
  ...rules,
});
const name = (source: string) => term(source, "", { caseSensitive: true, exact: true });
const plain = (text: string): Tagged => ({ text, tags: [] });
const answered = (target: Tagged): Translation => ({ kind: "translated", target, unknown: [] });
const bookOf = (...terms: Term[]) => termBook([{ terms }]);

/** What an engine that knows of no terms is given, the atoms as numbers in brackets. */
function given(text: string | Tagged, terms: readonly Term[], pair = EN_ES): string {
  const { unit } = bookOf(...terms).prepare(typeof text === "string" ? plain(text) : text, pair, false);
  return shown(unit);
}

function shown({ text, tags }: Tagged): string {
  return tags.reduceRight((said, { id, at, kind }) => {
    const sign = { open: `<${id}>`, close: `</${id}>`, atom: `[${id}]` }[kind];
    return said.slice(0, at) + sign + said.slice(at);
  }, text);
}

/** The reverse of `shown`. */
function read(said: string): Tagged {
  const tags: Tagged["tags"][number][] = [];
  let text = "";
  for (const [part, open, close, atom] of said.matchAll(/<(\d+)>|<\/(\d+)>|\[(\d+)\]|[\s\S]/g)) {
    const [id, kind] = open ? [open, "open" as const] : close ? [close, "close" as const] : [atom, "atom" as const];
    if (id) tags.push({ id: Number(id), at: text.length, kind });
    else text += part;
  }
  return { text, tags };
}

/** What becomes of `text` where an engine makes `reply` of what it is given. */
function translated(text: string, reply: string, terms: readonly Term[], { pair = EN_ES, native = false } = {}) {
  const translation = bookOf(...terms)
    .prepare(read(text), pair, native)
    .restored(answered(read(reply)));
  if (translation.kind === "failed") return { failed: translation.why };
  return { text: shown(translation.target), found: translation.terms?.found, missed: translation.terms?.missed };
}

const SERVER = term("server", "servidor");

describe("terms of a text for an engine that knows of none", () => {
  it("are atoms of new ids, among the text's own tags", () => {
    expect(given(read("The <1>server</1> and[2] the server."), [SERVER])).to.equal("The <1>[3]</1> and[2] the [4].");
  });
  it("are whole words", () => {
    const text = "A serverless sub-server, server-side, my_server, server.example and https://a.example/server observers.";
    expect(given(text, [SERVER])).to.equal(text);
  });
  it("are found beside signs, apostrophes and digits", () => {
    expect(given("(server) 'server', the server’s server/client", [SERVER])).to.equal("([1]) '[2]', the [3]’s [4]/client");
  });
  it("are the longest that begin at a word, and do not overlap", () => {
    const terms = [term("mail", "correo"), term("mail server", "servidor de correo"), SERVER];
    expect(given("The mail  server sends mail.", terms)).to.equal("The [1] sends [2].");
  });
  it("keep to their capitals only where they are to", () => {
    expect(given("Apple and an apple", [term("apple", "manzana")])).to.equal("[1] and an [2]");
    expect(given("Apple and an apple", [term("Apple", "Apple", { caseSensitive: true })])).to.equal("[1] and an apple");
  });
  it("are found in the plural, but for exact ones", () => {
    const text = "Two servers, policies and boxes";
    const terms = [SERVER, term("policy", "política"), term("box", "caja")];
    expect(given(text, terms)).to.equal("Two [1], [2] and [3]");
    expect(
      given(
        text,
        terms.map((each) => ({ ...each, exact: true })),
      ),
    ).to.equal(text);
  });
  it("are no other words of the same stem", () => {
    const text = "Generic cares of organizations";
    expect(given(text, [term("general", "general"), term("car", "coche"), term("organ", "órgano")])).to.equal(text);
  });
  it("are left in it where a tag stands within them", () => {
    expect(given(read("A mail <1>server</1>"), [term("mail server", "servidor de correo")])).to.equal("A mail <1>server</1>");
  });
  it("are found in scripts without spaces, and with accents in two pieces", () => {
    expect(given("打开服务器设置", [term("服务器", "server")], { source: "zh", target: "en" })).to.equal("打开[1]设置");
    expect(given("Un cafe\u0301 noir", [term("café", "coffee")], { source: "fr", target: "en" })).to.equal("Un [1] noir");
  });
  it("are found in the forms of their language", () => {
    const de = { source: "de", target: "en" };
    expect(given("Die Häuser und des Hauses", [term("Haus", "house")], de)).to.equal("Die [1] und des [2]");
    expect(given("в новых серверах и сервером", [term("сервер", "server")], { source: "ru", target: "en" })).to.equal("в новых [1] и [2]");
    expect(given("서버를 켜다", [term("서버", "server")], { source: "ko", target: "en" })).to.equal("[1] 켜다");
    expect(
      given("l’ordinateur, les réseaux", [term("réseau", "network"), term("ordinateur", "computer")], { source: "fr", target: "en" }),
    ).to.equal("l’[1], les [2]");
  });
  it("go by the first that says the same", () => {
    expect(translated("The server", "El [1]", [term("Server", "camarero"), SERVER]).text).to.equal("El camarero");
  });
  it("may be all of it", () => {
    const { isAllTerms, unit, restored } = bookOf(SERVER).prepare(plain("Server:"), EN_ES, false);
    expect(isAllTerms).to.equal(true);
    expect(restored(answered(unit))).to.deep.include({ target: plain("Servidor:"), terms: { found: 1, missed: [] } });
  });
});

describe("what an engine that knows of no terms answers", () => {
  it("has them in place, with what the text's tags go over", () => {
    expect(translated("The <1>server</1> is slow.", "El <1>[2]</1> es lento.", [SERVER])).to.deep.equal({
      ...{ text: "El <1>servidor</1> es lento.", found: 1, missed: [] },
    });
  });
  it("has them with capitals where a sentence begins, or the source has them", () => {
    expect(translated("Server is slow.", "[1] es lento.", [SERVER]).text).to.equal("Servidor es lento.");
    expect(translated("Server is slow.", "Es lento [1].", [SERVER]).text).to.equal("Es lento servidor.");
    expect(translated("The server is slow.", "[1] es lento.", [SERVER]).text).to.equal("Servidor es lento.");
    expect(translated("My Server", "Mi [1]", [SERVER]).text).to.equal("Mi Servidor");
    expect(translated("THE SERVER", "EL [1]", [SERVER]).text).to.equal("EL SERVIDOR");
    expect(translated("Phones are slow.", "[1] es lento.", [term("phones", "iOS")]).text).to.equal("iOS es lento.");
  });
  it("has them in the plural where the source has", () => {
    const terms = [
      term("neural network", "red neuronal"),
      term("translation engine", "motor de traducción"),
      term("web site", "sitio web"),
    ];
    expect(translated("Neural networks, translation engines, web sites", "[1], [2], [3]", terms).text).to.equal(
      "Redes neuronales, motores de traducción, sitios web",
    );
  });
  it("is held to the forms that no rule makes as well", () => {
    const pair = { source: "en", target: "de" };
    const house = [term("house", "Haus")];
    expect(translated("Two houses", "Zwei Häuser", house, { pair })).to.deep.include({ found: 1, missed: [] });
    expect(translated("Two houses", "Zwei Gebäude", house, { pair })).to.deep.include({ found: 1, missed: ["houses"] });
  });
  it("has what is not to be translated letter by letter", () => {
    const terms = [name("Open Door"), name("C++")];
    expect(translated("Use OPEN DOOR or Open Door in C++.", "Use PUERTA o [1] en [2].", terms)).to.deep.include({
      ...{ text: "Use PUERTA o Open Door en C++.", found: 2, missed: [] },
    });
  });
  it("has what stays as it is written in the source, where its capitals do not matter", () => {
    const door = [term("open door", "")];
    const text = "Open doors and an OPEN DOOR";
    expect(translated(text, "[1] y una [2]", door)).to.deep.equal({ text: "Open doors y una OPEN DOOR", found: 2, missed: [] });
    expect(translated(text, "open doors y una OPEN DOOR", door, { native: true })).to.deep.include({ missed: ["Open doors"] });
  });
  it("has space around them where their neighbours are letters", () => {
    expect(
      translated("打开服务器设置", "Open[1]settings", [term("服务器", "server")], { pair: { source: "zh", target: "en" } }).text,
    ).to.equal("Open server settings");
    expect(
      translated("The server of it", "L'[1].", [term("server", "ordinateur")], { pair: { source: "en", target: "fr" } }).text,
    ).to.equal("L'ordinateur.");
  });
  it("has each of them once, but for words between, and fails where one is lost", () => {
    expect(translated("The mail and web server", "El [1] de correo y el [1] web", [SERVER]).text).to.equal(
      "El servidor de correo y el servidor web",
    );
    expect(translated("The server is here", "El [1] [1] es", [SERVER]).text).to.equal("El servidor  es");
    expect(translated("The server is slow.", "Es lento.", [SERVER])).to.deep.equal({ failed: "a term that was to stand in it was lost" });
  });
  it("may be that it failed", () => {
    const failed: Translation = { kind: "failed", why: "it is away" };
    expect(bookOf(SERVER).prepare(plain("A server"), EN_ES, false).restored(failed)).to.equal(failed);
  });
  it("is what it was where the engine gives back what it got, and nothing is to be translated", () => {
    fc.assert(
      fc.property(
        contents,
        fc.array(fc.constantFrom("a", "B", "é", "aB", "a B", "𝒳", "a."), { minLength: 1, maxLength: 3 }),
        (content, names) => {
          const unit = toTagged(content);
          const prepared = bookOf(...names.map(name)).prepare(unit, EN_ES, false);
          const restored = prepared.restored(answered(prepared.unit));
          expect(restored.kind === "translated" && shown(restored.target)).to.equal(shown(unit));
        },
      ),
    );
  });
});

describe("terms of any text", () => {
  const words = fc.constantFrom("a", "B", "é", "aB", "a B", "𝒳", "a.", "as", "b-a");
  const terms = fc.array(fc.record({ source: words, target: fc.constantFrom("x", "y z", "X", "") }), { minLength: 1, maxLength: 4 });
  it("leave the text's own tags in order, and are all there in what comes back as it was", () => {
    fc.assert(
      fc.property(contents, terms, (content, given) => {
        const unit = toTagged(content);
        const prepared = bookOf(...given.map(({ source, target }) => term(source, target))).prepare(unit, EN_ES, false);
        expect(prepared.unit.tags.map(({ at }) => at)).to.deep.equal(
          prepared.unit.tags.map(({ at }) => at).toSorted((one, other) => one - other),
        );
        expect(new Set(prepared.unit.tags.map(({ id, kind }) => `${id} ${kind}`)).size).to.equal(prepared.unit.tags.length);
        const restored = prepared.restored(answered(prepared.unit));
        if (restored.kind === "failed") return expect.fail(restored.why);
        expect(restored.target.tags.map(({ id, kind }) => [id, kind])).to.deep.equal(unit.tags.map(({ id, kind }) => [id, kind]));
        for (const { at } of restored.target.tags) expect(at).to.be.within(0, restored.target.text.length);
      }),
    );
  });
});

describe("terms of a text for an engine that keeps to them itself", () => {
  it("are left in it, and told each once", () => {
    const prepared = bookOf(SERVER, term("mail", "correo")).prepare(plain("A server, servers"), EN_ES, true);
    expect(prepared.unit).to.deep.equal(plain("A server, servers"));
    expect(prepared.terms).to.deep.equal([SERVER]);
  });
  it("are missed as often as they are missing in the answer", () => {
    const look = (reply: string) => translated("A server, two Servers", reply, [SERVER], { native: true }).missed;
    expect(look("Un servidor, dos servidores")).to.deep.equal([]);
    expect(look("Un servidor, dos máquinas")).to.deep.equal(["Servers"]);
    expect(look("Una máquina, dos máquinas")).to.deep.equal(["server", "Servers"]);
  });
  it("are found as adjectives agree, and in compounds", () => {
    const network = [term("neural network", "réseau neuronal")];
    const use = { pair: { source: "en", target: "fr" }, native: true };
    expect(translated("Neural networks", "Des réseaux neuronaux", network, use).missed).to.deep.equal([]);
    const compound = { pair: { source: "en", target: "de" }, native: true };
    expect(translated("A server room", "Ein Serverraum", [term("server", "Server")], compound).missed).to.deep.equal([]);
  });
  it("are told where they are to stay and do, so that no check takes them for what was left", () => {
    const use = (reply: string) =>
      bookOf(name("Open Door"), name("Red"))
        .prepare(plain("Red Open Door"), EN_ES, true)
        .restored(answered(plain(reply)));
    expect(use("Open Door rojo")).to.deep.include({ terms: { found: 2, missed: ["Red"], kept: ["Open Door"] } });
    expect(use("Puerta roja")).to.deep.include({ terms: { found: 2, missed: ["Red", "Open Door"] } });
  });
  it("are missed where what a translation ends in is another", () => {
    const mail = [term("mail server", "servidor de correos")];
    expect(translated("Mail servers", "Servidores de correos", mail, { native: true }).missed).to.deep.equal([]);
    expect(translated("Mail servers", "Servidores de correo", mail, { native: true }).missed).to.deep.equal(["Mail servers"]);
  });
  it("are missed where what is not to be translated was", () => {
    const use = { native: true };
    expect(translated("By Open Door", "Por Puerta Abierta", [name("Open Door")], use).missed).to.deep.equal(["Open Door"]);
    expect(translated("By Open Door", "Por open door", [name("Open Door")], use).missed).to.deep.equal(["Open Door"]);
  });
});

describe("a book of terms", () => {
  it("is none where there are none", () => {
    expect(termBook([{ terms: [] }])).to.equal(NO_TERMS);
  });
  it("has another hash with other terms, order or rules", () => {
    const mail = term("mail", "correo");
    const hashes = [[SERVER, mail], [mail, SERVER], [SERVER], [{ ...SERVER, exact: true }]].map((terms) => bookOf(...terms).hash);
    expect(new Set(hashes).size).to.equal(4);
    expect(bookOf(SERVER, mail).hash).to.equal(hashes[0]);
  });
  it("has terms of its pairs alone; those of a language for each of its regions", () => {
    const book = termBook([{ pair: { source: "en", target: "pt" }, terms: [SERVER] }]);
    expect(book.of({ source: "en-GB", target: "pt-BR" }).terms).to.deep.equal([SERVER]);
    expect(book.of(EN_ES)).to.deep.include({ hash: "", terms: [] });
    expect(book.prepare(plain("A server"), EN_ES, false).unit).to.deep.equal(plain("A server"));
  });
  it("tells which of its glossaries are of no language that was met", () => {
    const book = termBook([{ terms: [SERVER] }, { name: "a", pair: { source: "en", target: "pt" }, terms: [SERVER] }]);
    const unused = (...pairs: LanguagePair[]) => book.unused(pairs).map(({ name: called }) => called);
    expect(unused(EN_ES)).to.deep.equal(["a"]);
    expect(unused(EN_ES, { source: "en", target: "pt-BR" })).to.deep.equal([]);
  });
  it("looks for thousands of terms in a text with thousands of tags in time", () => {
    const words = Array.from({ length: 5_000 }, (_, index) => `w${index}`);
    const book = bookOf(...words.map((word) => term(word, `${word}x`)));
    const text = words.join(" ");
    const tags = Array.from({ length: 10_000 }, (_, index) => ({ id: index + 1, at: 2 * index, kind: "atom" as const }));
    const started = process.cpuUsage();
    for (const language of ["es", "de"])
      for (const isNative of [true, false]) {
        const prepared = book.prepare({ text, tags: isNative ? tags : [] }, { source: "en", target: language }, isNative);
        expect(prepared.restored(answered(prepared.unit))).to.have.property("kind", "translated");
      }
    expect(process.cpuUsage(started).user / 1000).to.be.below(4000);
  });
  it("finds terms among thousands that begin alike in time", () => {
    const alike = Array.from({ length: 10_000 }, (_, index) => index.toString(36));
    for (const [source, text] of [
      [
        (each: string) => `abcd${each}`,
        alike
          .slice(0, 6_000)
          .map((each) => `abcd${each}`)
          .join(" "),
      ],
      [(each: string) => `abcd ef ${each}`, "abcd ef ".repeat(6_000)],
    ] as const) {
      const book = bookOf(...alike.map((each) => term(source(each), `${source(each)}s`)));
      const started = process.cpuUsage();
      const prepared = book.prepare(plain(text), EN_ES, true);
      prepared.restored(answered(plain(text)));
      expect(process.cpuUsage(started).user / 1000, text.slice(0, 20)).to.be.below(3000);
    }
  });
  it("finds terms among thousands in a moment, and reads hostile texts in time", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => term(`con${index.toString(36)} part`, `parte ${index}`));
    const book = bookOf(...many, SERVER);
    const started = process.cpuUsage();
    for (const text of [
      "a server ".repeat(500),
      "a".repeat(50_000),
      `${"a-".repeat(20_000)}@`,
      "con1 con2 ".repeat(4000),
      "`".repeat(50_000),
    ])
      book.prepare(plain(text), EN_ES, false).restored(answered(plain(text)));
    expect(process.cpuUsage(started).user / 1000).to.be.below(3000);
  });
});

describe("terms through Apertium", function () {
  this.timeout(20_000);
  it("stand in what it makes of the rest", async () => {
    await using engine = apertium();
    const prepared = bookOf(term("engine", "motor"), name("Open Door")).prepare(plain("The engines of Open Door are slow."), EN_ES, false);
    const [translation] = await engine.translate([prepared.unit], EN_ES, new AbortController().signal);
    const { target, terms } = prepared.restored(translation as Translation) as Extract<Translation, { kind: "translated" }>;
    expect(target.text).to.match(/motores de Open Door/);
    expect(terms).to.deep.equal({ found: 2, missed: [], kept: ["Open Door"] });
  });
});
