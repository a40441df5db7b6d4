/** What a word may stand for as a number. Of some languages; others compare by digits alone. */
const UNITS: Readonly<Record<string, string>> = {
  en: "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
  es: "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
  ca: "zero un dos tres quatre cinc sis set vuit nou deu onze dotze tretze catorze quinze setze disset divuit dinou",
  pt: "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis dezassete dezoito dezanove",
  fr: "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
  it: "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
  de: "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
};
const ORDINALS: Readonly<Record<string, string>> = {
  en: "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
  es: "primer segundo tercer cuarto quinto sexto séptimo octavo noveno décimo undécimo duodécimo decimotercero decimocuarto decimoquinto decimosexto decimoséptimo decimoctavo decimonoveno vigésimo",
  ca: "primer segon tercer quart cinquè sisè setè vuitè novè desè",
  pt: "primeiro segundo terceiro quarto quinto sexto sétimo oitavo nono décimo",
  fr: "premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième",
  it: "primo secondo terzo quarto quinto sesto settimo ottavo nono decimo",
  de: "erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte",
};
const MONTHS: Readonly<Record<string, string>> = {
  en: "january february march april may june july august september october november december",
  es: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
  ca: "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
  pt: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
  fr: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
  it: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
  de: "januar februar märz april mai juni juli august september oktober november dezember",
};
const TENS: Readonly<Record<string, string>> = {
  en: "twenty thirty forty fifty sixty seventy eighty ninety",
  es: "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
  ca: "vint trenta quaranta cinquanta seixanta setanta vuitanta noranta",
  pt: "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
  fr: "vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
  it: "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
  de: "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
};
/** Other forms, and what multiplies. */
const MORE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  en: {
    a: 1,
    an: 1,
    once: 1,
    twice: 2,
    half: 2,
    thirds: 3,
    quarter: 4,
    quarters: 4,
    dozen: 12,
    dozens: 12,
    hundred: 100,
    hundreds: 100,
    thousand: 1e3,
    thousands: 1e3,
    million: 1e6,
    millions: 1e6,
    billion: 1e9,
  },
  es: {
    un: 1,
    una: 1,
    primera: 1,
    primero: 1,
    segunda: 2,
    tercera: 3,
    tercero: 3,
    cuarta: 4,
    quinta: 5,
    docena: 12,
    docenas: 12,
    veintiún: 21,
    veintiuno: 21,
    veintiuna: 21,
    veintidós: 22,
    veintitrés: 23,
    veinticuatro: 24,
    veinticinco: 25,
    veintiséis: 26,
    veintisiete: 27,
    veintiocho: 28,
    veintinueve: 29,
    cien: 100,
    ciento: 100,
    doscientos: 200,
    doscientas: 200,
    trescientos: 300,
    trescientas: 300,
    cuatrocientos: 400,
    cuatrocientas: 400,
    quinientos: 500,
    quinientas: 500,
    seiscientos: 600,
    seiscientas: 600,
    setecientos: 700,
    setecientas: 700,
    ochocientos: 800,
    ochocientas: 800,
    novecientos: 900,
    novecientas: 900,
    mil: 1e3,
    miles: 1e3,
    millón: 1e6,
    millones: 1e6,
  },
  ca: { una: 1, dues: 2, cent: 100, mil: 1e3, milió: 1e6, milions: 1e6 },
  pt: { uma: 1, duas: 2, primeira: 1, segunda: 2, cem: 100, cento: 100, mil: 1e3, milhão: 1e6, milhões: 1e6 },
  fr: { une: 1, première: 1, second: 2, seconde: 2, cent: 100, cents: 100, mille: 1e3, million: 1e6, millions: 1e6 },
  it: { un: 1, una: 1, prima: 1, seconda: 2, cento: 100, mille: 1e3, mila: 1e3, milione: 1e6, milioni: 1e6 },
  de: { ein: 1, eine: 1, hundert: 100, tausend: 1e3, million: 1e6, millionen: 1e6 },
};

const tables = new Map<string, ReadonlyMap<string, number>>();

function tableOf(language: string): ReadonlyMap<string, number> {
  const known = tables.get(language);
  if (known) return known;
  const table = new Map<string, number>();
  const add = (list: string | undefined, value: (index: number) => number) => {
    for (const [index, word] of (list?.split(" ") ?? []).entries()) table.set(word, value(index));
  };
  add(MONTHS[language], (index) => index + 1);
  add(ORDINALS[language], (index) => index + 1);
  add(UNITS[language], (index) => index);
  add(TENS[language], (index) => 20 + 10 * index);
  for (const [word, value] of Object.entries(MORE[language] ?? {})) table.set(word, value);
  tables.set(language, table);
  return table;
}

/** All values that the words of `text` may stand for: of single words, and of neighbours ("twenty-one", "two hundred"). */
export function numbersInWords(text: string, language: string): number[] {
  const table = tableOf(language);
  const values: number[] = [];
  let run: number | undefined;
  for (const [word] of text.toLowerCase().matchAll(/\p{L}[\p{L}\p{M}]*(?:-\p{L}+)*|\d+(?:[.,]\d+)*|[.;:!?]/gu)) {
    const parts = table.has(word) ? [word] : word.split("-");
    for (const part of parts) {
      const value = table.get(part) ?? (/^\d+$/.test(part) ? Number(part) : undefined);
      if (value === undefined) {
        // "thirty and one" in most languages; anything else ends the number.
        if (!JOINING.has(part)) run = undefined;
        continue;
      }
      if (table.has(part)) values.push(value);
      run = run === undefined ? value : value >= 100 && value > run ? run * value : run + value;
      if (run !== value) values.push(run);
    }
  }
  return values;
}

const JOINING: ReadonlySet<string> = new Set(["and", "y", "i", "e", "et", "und", "de"]);
