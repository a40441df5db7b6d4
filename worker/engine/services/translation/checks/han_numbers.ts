/** Chinese, Japanese and Korean count in ten thousands. */
const SCALES: Readonly<Record<string, number>> = {
  ...{ 千: 1e3, 천: 1e3, 万: 1e4, 萬: 1e4, 만: 1e4, 億: 1e8, 亿: 1e8, 억: 1e8, 兆: 1e12, 조: 1e12 },
};
const DIGITS = "〇一二三四五六七八九";
const TENS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1e3 };
const OTHERS: Readonly<Record<string, string>> = { 零: "〇", 两: "二", 兩: "二" };

/** "1億5000万", "3천만"; figures that follow a scale at once are of the same number. */
const SCALED = /(?<![\d.,])\d[\d.,]*\s?[千천万萬만億亿억兆조]{1,2}(?:\s?\d[\d.,]*\s?[千천万萬만億亿억兆조]{1,2})*(?:\d[\d,]*)?/g;
const PART = /(\d[\d.,]*)\s?([千천万萬만億亿억兆조]{0,2})/g;
/** How English, and by their beginnings others, say the same. */
const LARGE =
  /(?<![\d.,])(\d[\d.,]*)[ \u00a0-]((?:thousand|(?:b|tr)illion)s?\b|mil(?:lion|lones|lón|h[ãõ]|ion)|milliard|миллион|миллиард)/gi;
const LARGE_SCALES: readonly (readonly [begins: string, scale: number])[] = [
  ["thousand", 1e3],
  ["billion", 1e9],
  ["trillion", 1e12],
  ["milliard", 1e9],
  ["миллиард", 1e9],
];

/** `text` with numbers in figures alone that have their scale in a word or sign behind them. */
export function withoutScales(text: string): string {
  return text
    .replace(SCALED, (written) => {
      const parts = [...written.matchAll(PART)].map(([, figures = "", scale = ""]) => {
        const times = [...scale].reduce((product, sign) => product * (SCALES[sign] ?? 1), 1);
        return numberOf(figures) * times;
      });
      return figuresOf(parts.reduce((sum, part) => sum + part, 0));
    })
    .replace(LARGE, (_, figures: string, word: string) => {
      const scale = LARGE_SCALES.find(([begins]) => word.toLowerCase().startsWith(begins))?.[1] ?? 1e6;
      return figuresOf(numberOf(figures) * scale);
    });
}

/** What is written in signs for numbers: "三", "十二", "两百". */
export function numbersInHan(text: string): number[] {
  return (text.match(/[〇零一二两兩三四五六七八九十百千万萬億亿]+/gu) ?? []).map((written) => {
    let [sum, part, digit] = [0, 0, 0];
    for (const sign of written) {
      const scale = SCALES[sign] ?? 0;
      const unit = TENS[sign];
      if (unit) [part, digit] = [part + (digit || 1) * unit, 0];
      else if (scale) [sum, part, digit] = [(sum + part + digit || 1) * scale, 0, 0];
      else digit = digit * 10 + DIGITS.indexOf(OTHERS[sign] ?? sign);
    }
    return sum + part + digit;
  });
}

/** A mark before one or two figures, and only once, is a decimal's. */
function numberOf(figures: string): number {
  return /^\d+[.,]\d{1,2}$/.test(figures) ? Number(figures.replace(",", ".")) : Number(figures.replace(/[.,]/g, ""));
}

function figuresOf(value: number): string {
  return String(Math.round(value * 100) / 100);
}
