/** Whether a path of keys is one that the user chose: by patterns, whose "*" is one key and whose "**" is any number; all if there are none. */
export function keyFilter(patterns: readonly string[] | undefined): (path: readonly string[]) => boolean {
  if (!patterns || patterns.length === 0) return () => true;
  const parsed = patterns.map((pattern) => pattern.split("."));
  // Keys may have dots of their own: "menu.open" is one key of a file of properties.
  return (path) => {
    const keys = path.flatMap((key) => key.split("."));
    return parsed.some((pattern) => matches(keys, pattern));
  };
}

/** With one way back, to the last "**": so it takes no more than the product of both lengths. */
function matches(keys: readonly string[], pattern: readonly string[]): boolean {
  let [key, part] = [0, 0];
  let [backKey, backPart] = [0, -1];
  while (key < keys.length) {
    const wanted = pattern[part];
    if (wanted === "**") {
      [backKey, backPart] = [key, part];
      part++;
    } else if (wanted !== undefined && isKey(keys[key] as string, wanted)) {
      key++;
      part++;
    } else if (backPart >= 0) {
      key = ++backKey;
      part = backPart + 1;
    } else return false;
  }
  while (pattern[part] === "**") part++;
  return part === pattern.length;
}

/** Within a key, "*" stands for any letters: "title_*". */
function isKey(key: string, wanted: string): boolean {
  if (wanted === "*" || wanted === key) return true;
  if (!wanted.includes("*")) return false;
  const [first = "", ...rest] = wanted.split("*");
  const last = rest.pop() ?? "";
  if (!key.startsWith(first) || !key.endsWith(last) || key.length < first.length + last.length) return false;
  let at = first.length;
  for (const middle of rest) {
    const found = key.indexOf(middle, at);
    if (found < 0) return false;
    at = found + middle.length;
  }
  return at <= key.length - last.length;
}
