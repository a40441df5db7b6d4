import { expect } from "chai";
import fc from "fast-check";
import type { Tag, Tagged } from "../../../document/segment.ts";
import type { Translation } from "../../../ports/translator.ts";
import type { Judgement } from "../asking.ts";
import { openDetector } from "../language.ts";
import { judgeBy, type Strictness } from "./checks.ts";

const detect = await openDetector();
const pair = { source: "en", target: "es" };
const plain = (text: string, tags: readonly Tag[] = []): Tagged => ({ text, tags });

interface Case {
  readonly source: string | Tagged;
  readonly target: string | Tagged;
  readonly pair?: { readonly source: string; readonly target: string };
  readonly unknown?: readonly string[];
  readonly missed?: readonly string[];
  readonly kept?: readonly string[];
  readonly strictness?: Strictness;
}

function judged({ source, target, pair: own = pair, unknown = [], missed = [], kept = [], strictness }: Case): Judgement {
  const [before, after] = [source, target].map((side) => (typeof side === "string" ? plain(side) : side)) as [Tagged, Tagged];
  const answer = {
    kind: "translated",
    target: after,
    unknown,
    terms: { found: missed.length + kept.length, missed, kept },
  } as const satisfies Translation;
  return judgeBy(detect, strictness)(before, answer, own);
}

const link: readonly Tag[] = [
  { id: 1, at: 4, kind: "open" },
  { id: 1, at: 7, kind: "close" },
];
const door = (tags: readonly Tag[]) => plain("Una puerta.", tags);

describe("the checks", () => {
  const right: readonly [about: string, given: Case][] = [
    ["numbers in another notation", { source: "It has 1,204 rooms.", target: "Tiene 1.204 habitaciones." }],
    [
      "a label that the source has as well",
      { source: "Tłumaczenie: Anna Nowak", target: "Translator: Anna Nowak", pair: { source: "pl", target: "en" } },
    ],
    [
      "an excuse",
      {
        source: "Lo siento, pero no puedo ayudarte hoy.",
        target: "I'm sorry, but I can't help you today.",
        pair: { source: "es", target: "en" },
      },
    ],
    [
      "Thai, which has no stops",
      { source: "Is the door open? It is. We came in.", target: "ประตูเปิดอยู่หรือ เปิดอยู่ เราจึงเข้ามา", pair: { source: "en", target: "th" } },
    ],
    [
      "the stops of Urdu",
      {
        source: "The door is open. We came in. It is late.",
        target: "دروازہ کھلا ہے۔ ہم اندر آئے۔ دیر ہو گئی ہے۔",
        pair: { source: "en", target: "ur" },
      },
    ],
    ...(
      [
        ["an address", "Visit https://example.com/help for more.", "更多信息请访问https://example.com/help。"],
        [
          "an address in a sentence",
          "See https://example.com/help or write to a@example.com.",
          "请看https://example.com/help或者写信到a@example.com。",
        ],
        ["a placeholder", "%s files in %1$d folders", "%1$d个文件夹中有%s个文件"],
        ["ten thousands", "It has 10,000 rooms and cost 1.5 million.", "它有1万个房间，花费150万。"],
        ["a number of several scales", "It cost 15,300 yen for 3 weeks.", "三周花了1万5300日元。"],
        ["a number in words", "It takes 12 days.", "需要十二天。"],
        [
          "a phrase that comes often",
          "AI is AI. AI helps. AI learns. AI wins. All of it is AI.",
          "人工智能技术是人工智能技术。人工智能技术有帮助。人工智能技术会学习。人工智能技术会赢。全是人工智能技术。",
        ],
      ] as const
    ).map(([what, source, target]): [string, Case] => [`${what} in Chinese`, { source, target, pair: { source: "en", target: "zh" } }]),
    [
      "what is kept by order beside Chinese",
      { source: "Install Windows 11 now.", target: "立即安装Windows 11。", pair: { source: "en", target: "zh" }, kept: ["Windows 11"] },
    ],
    [
      "an address before a particle",
      { source: "Open https://example.com now.", target: "지금 https://example.com을 여세요.", pair: { source: "en", target: "ko" } },
    ],
    [
      "an address with an ending",
      {
        source: "See it on https://a.example/help and write to a@a.example today.",
        target: "Katso se sivulla https://a.example/help:ssa ja kirjoita a@a.example-on tänään.",
        pair: { source: "en", target: "fi" },
      },
    ],
    ["one word that stays", { source: "radio", target: "radio" }],
    ["a name that stays", { source: "Anna Maria Lopez, Madrid", target: "Anna Maria Lopez, Madrid" }],
    [
      "all of it being kept by order",
      { source: "nobody knows why it is so.", target: "nobody knows why it is so.", kept: ["nobody knows why it is so"] },
    ],
    [
      "a part of it being kept by order",
      {
        source: "The song (no one knows it) is old.",
        target: "La canción (no one knows it) es vieja.",
        kept: ["no one knows it", "a-b/c (d)?"],
      },
    ],
    ["an address that stays", { source: "See https://a.example/b.", target: "Véase https://a.example/b." }],
    ["a placeholder in another place", { source: "Hello {name}, %1$s is here.", target: "%1$s está aquí, hola {name}." }],
    ["a quotation with other marks", { source: 'He said "yes".', target: "Dijo «sí»." }],
    ["an explanation in brackets of its own", { source: "The mbox format is old.", target: "El formato mbox (de correo) es viejo." }],
    ["a question with an opening mark", { source: "Where is it?", target: "¿Dónde está?" }],
    ["tags in another order", { source: plain("The red door.", link), target: door([link[0] as Tag, { ...(link[1] as Tag), at: 10 }]) }],
    [
      "a span in two pieces",
      { source: plain("The red door.", link), target: door([...link, { id: 1, at: 8, kind: "open" }, { id: 1, at: 10, kind: "close" }]) },
    ],
    ["full-width brackets", { source: "The room (new) is open.", target: "房间（新）已开放。", pair: { source: "en", target: "zh-Hans" } }],
    [
      "few signs for many letters",
      { source: "The library is open from Monday to Saturday.", target: "图书馆周一至周六开放。", pair: { source: "en", target: "zh" } },
    ],
    [
      "Serbian in either script",
      { source: "The garden is open to all readers.", target: "Bašta je otvorena za sve čitaoce.", pair: { source: "en", target: "sr" } },
    ],
    ["what the source itself had of reasoning", { source: "The tag <think> is hidden.", target: "La etiqueta <think> está oculta." }],
    ["a sentence about translations", { source: "Here is the translation of the law.", target: "Here está la traducción de la ley." }],
    ["a Greek question", { source: "Where is the old garden?", target: "Πού είναι ο παλιός κήπος;", pair: { source: "en", target: "el" } }],
    [
      "Brazilian Portuguese",
      {
        source: "The readers of the garden came late.",
        target: "Os leitores do jardim chegaram tarde.",
        pair: { source: "en", target: "pt-BR" },
      },
    ],
  ];
  for (const [about, given] of right) it(`let pass ${about}`, () => expect(judged(given)).to.deep.equal({ verdict: "ok", reasons: [] }));

  const wrong: readonly [reason: string, given: Case][] = [
    ["the translator gave nothing back", { source: "The door.", target: "  " }],
    ["the numbers differ", { source: "It has 12 rooms.", target: "Tiene 13 habitaciones." }],
    ["an address was changed", { source: "See https://a.example/help now.", target: "Véase https://a.example/ayuda ahora." }],
    ["an address was changed", { source: "Write to help@a.example today.", target: "Escriba a ayuda@a.example hoy." }],
    ["a placeholder was changed", { source: "Hello {name}, come in.", target: "Hola {nombre}, pase." }],
    ["a placeholder was changed", { source: "It is %1$s again.", target: "Es % 1 $ s otra vez." }],
    [
      "most words are unknown to the translator",
      { source: "Foo bar baz qux.", target: "Foo bar baz qux.", unknown: ["Foo", "bar", "baz"] },
    ],
    ["it says something beside the translation", { source: "The door is old.", target: "Here is the translation:\n\nLa puerta es vieja." }],
    [
      "it says something beside the translation",
      { source: "The door is old.", target: "<think>They want Spanish.</think>La puerta es vieja." },
    ],
    [
      "it says something beside the translation",
      { source: "La puerta es vieja.", target: "Sure! Here is the translation: The door is old.", pair: { source: "es", target: "en" } },
    ],
    ["it says something beside the translation", { source: "The door is old.", target: "Traducción: La puerta es vieja." }],
    ["it says something beside the translation", { source: "The door is old.", target: "I'm sorry, but I cannot translate this." }],
    ["it says something beside the translation", { source: "The door is old.", target: '{"text": "La puerta es vieja."}' }],
    [
      "it says the same again and again",
      {
        source: "The garden behind the old library is open to all readers until late.",
        target: `El jardín ${"de la casa de la casa ".repeat(4)}`,
      },
    ],
    [
      "it says the same again and again",
      { source: "The library is open from Monday.", target: "图书馆".repeat(9), pair: { source: "en", target: "zh" } },
    ],
    ["it says everything twice", { source: "The garden is open.", target: "El jardín está abierto. El jardín está abierto." }],
    ["it is not in the target's script", { source: "The garden is open to all.", target: "Сад открыт для всех." }],
    ["its length does not fit the source", { source: "The house has doors and windows on every side.", target: "La casa." }],
    ["its length does not fit the source", { source: "Two.", target: "x".repeat(2_000) }],
    [
      "most of it was left as it is",
      { source: "The door stays open until evening for readers.", target: "The door stays open until evening for readers, sí." },
    ],
  ];
  for (const [reason, given] of wrong)
    it(`fail what is wrong: ${reason}`, () => {
      const { verdict, reasons } = judged(given);
      expect([verdict, reasons[0]]).to.deep.equal(["failed", reason]);
    });

  const doubted: readonly [reason: string, given: Case][] = [
    ["a term has not the translation that it should have", { source: "The pump is old.", target: "La bomba es vieja.", missed: ["pump"] }],
    ["styles, links or marks were lost", { source: plain("The red door.", link), target: door([]) }],
    ["styles, links or marks were lost", { source: plain("The red door."), target: door(link) }],
    [
      "a mark is there twice",
      {
        source: plain("A door.", [{ id: 1, at: 2, kind: "atom" }]),
        target: door([
          { id: 1, at: 2, kind: "atom" },
          { id: 1, at: 5, kind: "atom" },
        ]),
      },
    ],
    [
      "a style or link lost its words",
      { source: plain("The red door.", link), target: door([link[0] as Tag, { ...(link[1] as Tag), at: 4 }]) },
    ],
    ["its length does not fit the source", { source: "Frequently asked questions", target: "FAQ" }],
    [
      "it says the same again and again",
      {
        source: "The licensee shall pay. The licensee shall report. The licensee shall stop. The licensee shall return it.",
        target: ["pagar", "informar", "parar", "devolverlo"].map((verb) => `El titular de la licencia deberá ${verb}.`).join(" "),
      },
    ],
    ["the brackets differ", { source: "The room (new) is open.", target: "La habitación (nueva está abierta." }],
    ["the brackets differ", { source: "The room (new) is open.", target: "La habitación nueva está abierta." }],
    ["a quotation is not ended", { source: 'The "old" room is open.', target: "La habitación «vieja está abierta." }],
    ["the quotation marks are lost", { source: 'The "old" room is open.', target: "La habitación vieja está abierta." }],
    ["one of the two is a question", { source: "Is the room open now?", target: "La habitación está abierta ahora." }],
    ["it does not end as a sentence", { source: "The room is open now.", target: "La habitación está abierta ahora" }],
    [
      "it has another number of sentences",
      { source: "One house. Two. Then more. It ends.", target: "Una casa, dos, luego más, y así termina." },
    ],
    [
      "it seems to be in another language",
      { source: "The garden behind the house is open.", target: "Le jardin derrière la maison est ouvert." },
    ],
    [
      "it seems to be in the source's language",
      { source: "The garden behind the house is open.", target: "A yard at the back can be entered." },
    ],
    ["it is the same as the source", { source: "The old garden", target: "The old garden" }],
    ["it is the same as the source", { source: "The report", target: "The report" }],
    [
      "a part of it was left as it is",
      { source: "The garden is old and the house behind it is new.", target: "El jardín es viejo and the house behind it es nueva." },
    ],
    [
      "it says something beside the translation",
      {
        source: "Muy bien, es el texto que leemos.",
        target: "Of course it is the text that we read.",
        pair: { source: "es", target: "en" },
      },
    ],
    ["markup was changed", { source: "Press <b>now</b> to go.", target: "Pulse < b >ahora</b> para ir." }],
    [
      "a name of a file, an option or the like was changed",
      { source: "It is in /usr/share and uses --help.", target: "Está en /usr/acción y usa --ayuda." },
    ],
  ];
  for (const [reason, given] of doubted)
    it(`doubt: ${reason}`, () => {
      const { verdict, reasons } = judged(given);
      expect([verdict, reasons[0]]).to.deep.equal(["doubt", reason]);
    });

  it("take nothing that is doubted where they are strict", () => {
    const given = { source: "The room (new) is open.", target: "La habitación nueva está abierta." };
    expect(judged({ ...given, strictness: "strict" })).to.deep.equal({ verdict: "failed", reasons: ["the brackets differ"] });
  });
  it("give what is surely wrong as the first reason", () => {
    const { reasons } = judged({ source: "The 2 rooms (new) are open.", target: "Las 3 habitaciones nuevas están abiertas." });
    expect(reasons).to.deep.equal(["the numbers differ", "the brackets differ"]);
  });
  it("quote nothing of the texts", () => {
    const reasons = [...wrong, ...doubted].flatMap(([, given]) => judged(given).reasons);
    for (const reason of reasons) expect(reason).to.match(/^[a-z' ,]+$/);
  });
  it("come to an end soon, whatever a translator says", () => {
    const hostile = ["a", ".", '"', "-", "<a", "{", "a@", "http://a.", "_a", " a", "/a", "1,", "(", "%", "ａ", "\u0301", "'"].map((sign) =>
      sign.repeat(40_000),
    );
    const source = "The garden is open. ".repeat(200).trim();
    const started = process.cpuUsage();
    for (const text of hostile) judged({ source, target: text.slice(0, 40_000) });
    const { user } = process.cpuUsage(started);
    expect(user / 1000 / hostile.length).to.be.below(500);
  });
  it("judge anything", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "Ab ", " ", ".", "1", "(", '"', "{x}", "<", "字", "é", "--x", "/a/b"),
      maxLength: 30,
    });
    const tag = fc.record({ id: fc.nat(3), at: fc.nat(40), kind: fc.constantFrom("open" as const, "close" as const, "atom" as const) });
    const tagged = fc.record({ text, tags: fc.array(tag, { maxLength: 4 }) });
    fc.assert(
      fc.property(tagged, tagged, (source, target) => {
        expect(["ok", "doubt", "failed"]).to.include(judged({ source, target }).verdict);
      }),
    );
  });
});

describe("the checks of a document", () => {
  const rooms = ["red", "blue", "green", "white", "black"];
  const said: Readonly<Record<string, string>> = { red: "roja", blue: "azul", green: "verde", white: "blanca", black: "negra" };
  const things: Readonly<Record<string, string>> = {
    door: "puerta",
    window: "ventana",
    table: "mesa",
    lamp: "lámpara",
    chair: "silla",
    wall: "pared",
    box: "caja",
    house: "casa",
  };
  const texts = Object.entries(things).flatMap(([thing, cosa]) =>
    rooms.map((colour) => ({
      source: `They painted the ${thing} in ${colour} last summer.`,
      target: `Pintaron la ${cosa} en ${said[colour]} el verano pasado.`,
    })),
  );
  const taught = () => {
    const judge = judgeBy(detect);
    const ask = (source: string, target: string) => judge(plain(source), { kind: "translated", target: plain(target), unknown: [] }, pair);
    for (const { source, target } of texts) expect(ask(source, target).verdict, target).to.equal("ok");
    return ask;
  };
  it("doubt what has none of the words that its source's become elsewhere", () => {
    const ask = taught();
    const [source, other] = ["They painted the lamp and the wall in green.", "Pintaron la silla y la mesa en negra."];
    expect(ask(source, other)).to.deep.equal({
      verdict: "doubt",
      reasons: ["its words are not those of other translations in this document"],
    });
  });
  it("doubt what is much longer or shorter than usual", () => {
    const ask = taught();
    const [source, more] = [
      "They painted the lamp in green last summer.",
      "Pintaron la lámpara en verde el verano pasado, y luego se fueron todos a la costa muy contentos.",
    ];
    expect(ask(source, more).reasons).to.deep.equal(["it is longer than such texts are in this document"]);
    const long = `${source} ${source} ${source}`;
    expect(ask(long, "Pintaron la lámpara en verde. Pintaron la lámpara. Pintaron.").reasons).to.include(
      "it is shorter than such texts are in this document",
    );
  });
  it("doubt no matter of style that is usual in it", () => {
    const judge = judgeBy(detect);
    const verdicts = texts.map(
      ({ source, target }) => judge(plain(source), { kind: "translated", target: plain(target.slice(0, -1)), unknown: [] }, pair).verdict,
    );
    expect(verdicts[0]).to.equal("doubt");
    expect(verdicts.at(-1)).to.equal("ok");
  });
  it("learn of each language by itself", () => {
    const judge = judgeBy(detect);
    for (const { source, target } of texts) judge(plain(source), { kind: "translated", target: plain(target), unknown: [] }, pair);
    const french = judge(
      plain("Ils ont peint la lampe en vert."),
      { kind: "translated", target: plain("Pintaron la lámpara en verde, y luego la silla."), unknown: [] },
      { source: "fr", target: "es" },
    );
    expect(french.verdict).to.equal("ok");
  });
});
