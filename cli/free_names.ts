/** `names`, or if any of them is taken all of them with the first number that none is taken with ("letter.es-2.pdf"). */
export function freeNames(names: readonly string[], taken: readonly string[]): string[] {
  const stem = commonStem(names);
  // Not every file system tells capital letters from small ones.
  const there = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const numbered = number === 1 ? names : names.map((name) => `${name.slice(0, stem)}-${number}${name.slice(stem)}`);
    if (!numbered.some((name) => there.has(name.toLowerCase()))) return [...numbered];
  }
}

/** How long the beginning is that all share, up to the last dot in it: they are told apart by what follows. */
function commonStem([first = "", ...others]: readonly string[]): number {
  let length = first.length;
  for (const name of others) while (!name.startsWith(first.slice(0, length))) length--;
  const dot = first.lastIndexOf(".", length - 1);
  return dot > 0 ? dot : length;
}
