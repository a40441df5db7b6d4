const TOKEN = /\s*(?:("(?:[^"\\\r\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([{}[\],:]))/y;
/** People's data does not nest this deep; brackets without end do. */
const MAX_DEPTH = 256;

/** What may come next. */
type Expected = "value" | "first value" | "name" | "first name" | "colon" | "comma";

/**
 * Whether `text` is JSON (RFC 8259), or several values one behind the other: objects and arrays with a member or a text
 * among them, for prose in braces is none. `isCut`: it is the beginning of one, and may end anywhere.
 */
export function isJson(text: string, isCut: boolean): boolean {
  if (!/^(?:\{\s*"[^"\r\n]*"\s*:|\[\s*[{["])/.test(text)) return false;
  const open: string[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const [, value, sign] = TOKEN.exec(text) ?? [];
    if (value === undefined && sign === undefined) break;
    const next: Expected | undefined = value === undefined ? afterSign(sign as string, expected, open) : afterValue(value, expected, open);
    if (next === undefined || open.length > MAX_DEPTH) return false;
    expected = next;
    at = TOKEN.lastIndex;
  }
  const rest = text.slice(at).trim();
  if (rest === "") return isCut || (open.length === 0 && expected === "value");
  return isCut && /^["\d\w-]/.test(rest) && !/[\r\n]/.test(rest);
}

function afterValue(value: string, expected: Expected, open: readonly string[]): Expected | undefined {
  if (expected === "name" || expected === "first name") return value.startsWith('"') ? "colon" : undefined;
  return (expected === "value" || expected === "first value") && open.length > 0 ? "comma" : undefined;
}

/** Keeps the account of what is `open`. */
function afterSign(sign: string, expected: Expected, open: string[]): Expected | undefined {
  const isValue = expected === "value" || expected === "first value";
  switch (sign) {
    case "{":
    case "[":
      if (!isValue) return undefined;
      open.push(sign);
      return sign === "{" ? "first name" : "first value";
    case "}":
    case "]": {
      const mayClose = expected === "comma" || expected === (sign === "}" ? "first name" : "first value");
      if (!mayClose || open.pop() !== (sign === "}" ? "{" : "[")) return undefined;
      return open.length === 0 ? "value" : "comma";
    }
    case ":":
      return expected === "colon" ? "value" : undefined;
    default:
      if (expected !== "comma") return undefined;
      return open.at(-1) === "{" ? "name" : "value";
  }
}
