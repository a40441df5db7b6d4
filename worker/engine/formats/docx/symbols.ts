/** Signs of fonts that have no letters, as text has them: what forms and lists use most. */
const WINGDINGS: Readonly<Record<string, string>> = {
  "6C": "●",
  "6E": "■",
  "6F": "□",
  "71": "❑",
  "75": "◆",
  "76": "❖",
  "9F": "•",
  A7: "▪",
  A8: "☐",
  D8: "➢",
  DF: "←",
  E0: "→",
  E8: "➔",
  FB: "✗",
  FC: "✓",
  FD: "☒",
  FE: "☑",
};
const SYMBOL: Readonly<Record<string, string>> = { B7: "•", A3: "≤", B3: "≥", B1: "±", B0: "°", AE: "→", AC: "←", "6D": "μ", "70": "π" };

/** A `w:sym` as text; empty for a sign that text has not. Fonts of signs have theirs from U+F000 on. */
export function symbolOf(font: string, code: string): string {
  const value = Number.parseInt(code, 16);
  if (!(value > 0x1f && value < 0x11_0000)) return "";
  if (value < 0xf000 || value > 0xf0ff) return value >= 0xd800 && value < 0xf900 ? "" : String.fromCodePoint(value);
  const low = (value - 0xf000).toString(16).toUpperCase();
  return (/wingdings/i.test(font) ? WINGDINGS[low] : SYMBOL[low]) ?? "";
}

/** What a bullet is in text. */
export function bulletOf(text: string, font: string): string {
  const [sign = ""] = text;
  const code = sign.codePointAt(0) ?? 0;
  if (code >= 0xf000 && code <= 0xf0ff) return symbolOf(font, code.toString(16)) || "•";
  if (/wingdings/i.test(font)) return symbolOf(font, (code + 0xf000).toString(16)) || "•";
  return sign === "o" && /courier/i.test(font) ? "◦" : sign === "" || /[\ue000-\uefff\uf100-\uf8ff]/.test(sign) ? "•" : text;
}
