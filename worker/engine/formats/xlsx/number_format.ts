/** A number of a cell as people are shown it, as far as that is simple: dates by ISO 8601, percent, fixed decimals; else as it is. */
export type NumberFormat = (value: string) => string;

/** The codes of formats that no file spells out (ISO/IEC 29500-1, 18.8.30). */
const BUILT_IN: Readonly<Record<number, string>> = {
  ...{ 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm" },
  ...{ 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0", 38: "#,##0" },
  ...{ 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss" },
};

const DAY_MS = 86_400_000;

/** `code`: what the file says of format `id`. */
export function numberFormat(id: number, code: string | undefined, date1904: boolean): NumberFormat {
  const [positive = ""] = (code ?? BUILT_IN[id] ?? "").split(";");
  // Quoted words, signs behind a backslash, and conditions say nothing of what the number is.
  const bare = positive.replace(/"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]/gi, "");
  if (/[ymdhs]/i.test(bare) && !/general/i.test(bare)) return dated(bare, date1904);
  // More than 30 no program shows.
  const [, decimals = ""] = /[0#]\.(0{1,30})/.exec(bare) ?? [];
  if (/[0#]%/.test(bare)) return guarded((number) => `${(number * 100).toFixed(decimals.length)}%`);
  if (/^#,##0(?:\.0+)?$/.test(bare.trim())) return guarded((number) => grouped(number.toFixed(decimals.length)));
  if (/^0(?:\.0+)?$/.test(bare.trim())) return guarded((number) => number.toFixed(decimals.length));
  return plainNumber;
}

/** Programs write the number nearest to what was typed with up to 17 digits; 15 are shown (IEEE 754). */
export const plainNumber: NumberFormat = guarded((number) => String(Number(number.toPrecision(15))));

function guarded(show: (number: number) => string): NumberFormat {
  return (value) => {
    const number = Number(value);
    return value.trim() === "" || !Number.isFinite(number) || Math.abs(number) >= 1e21 ? value : show(number);
  };
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");
}

function dated(code: string, date1904: boolean): NumberFormat {
  const hasDay = /[yd]/i.test(code) || /m{3}/i.test(code);
  const hasTime = /[hs]/i.test(code);
  return guarded((serial) => {
    // Day 60 of the usual calendar is 29 February 1900, which was none: days before it are one off.
    const days = date1904 ? serial + 1462 : serial < 60 ? serial + 1 : serial;
    const at = new Date(Math.round((days - 25_569) * DAY_MS));
    if (Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999) return String(serial);
    const iso = at.toISOString();
    const time = hasTime ? iso.slice(11, 19).replace(/:00$/, "") : "";
    return [hasDay ? iso.slice(0, 10) : "", time].filter(Boolean).join(" ");
  });
}
