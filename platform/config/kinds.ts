import { isIP } from "node:net";

/** What the text of a variable is read as. */
export interface Kind<out T> {
  /** What it takes, for people: the end of "NAME takes …". */
  readonly takes: string;
  /** The value; undefined where the text is none. */
  readonly parse: (text: string) => T | undefined;
}

/** `unit`: what is counted, as in "seconds". */
export function wholeNumber(min: number, max: number, unit = ""): Kind<number> {
  return {
    takes: `a whole number${unit && ` of ${unit}`} from ${min} to ${max}`,
    parse(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

export const port: Kind<number> = wholeNumber(0, 65_535);

export function oneOf<const C extends string>(...choices: readonly C[]): Kind<C> {
  return {
    takes: choices.length > 2 ? `one of ${choices.join(", ")}` : choices.join(" or "),
    parse: (text) => choices.find((choice) => choice === text),
  };
}

/** Text that all of it matches `pattern`. */
export function text(takes: string, pattern = /^.+$/s): Kind<string> {
  return { takes, parse: (given) => (pattern.test(given) ? given : undefined) };
}

/** Some of `choices`, several after commas. */
export function someOf<const C extends string>(...choices: readonly C[]): Kind<readonly C[]> {
  return {
    takes: `some of ${choices.join(", ")}, several after commas`,
    parse(given) {
      const named = given.split(",").map((name) => name.trim());
      return named.every((name) => choices.includes(name as C)) ? choices.filter((choice) => named.includes(choice)) : undefined;
    },
  };
}

/** Addresses of pages and servers, without a path. */
export function origins(takes: string): Kind<readonly string[]> {
  return {
    takes,
    parse(given) {
      const all = given.split(",").filter(Boolean);
      return all.every((origin) => URL.parse(origin)?.origin === origin) ? all : undefined;
    },
  };
}

export function httpUrl(takes: string): Kind<string> {
  return {
    takes,
    parse: (given) => (/^https?:$/.test(URL.parse(given)?.protocol ?? "") ? given.replace(/\/$/, "") : undefined),
  };
}

/** Whole numbers of seconds, several after commas. */
export function secondsList(most: number): Kind<readonly number[]> {
  return {
    takes: `whole numbers of seconds, up to ${most} of them after commas`,
    parse(given) {
      const all = given.split(",");
      return all.length <= most && all.every((one) => /^\d{1,7}$/.test(one)) ? all.map(Number) : undefined;
    },
  };
}

/** Networks that are not the public internet's. */
export const privateNetworks: Kind<"none" | "all" | readonly string[]> = {
  takes: "false, true for those of one's own (10.0.0.0/8, 127.0.0.0/8, fd00::/8 …), or networks as in 10.1.0.0/16, several after commas",
  parse(given) {
    if (/^(false|no|0)$/i.test(given)) return "none";
    if (/^(true|yes|1)$/i.test(given)) return "all";
    const all = given.split(",");
    return all.every(isNetwork) ? all : undefined;
  },
};

function isNetwork(text: string): boolean {
  const [, address = "", bits = ""] = /^([0-9a-fA-F:.]+)\/(\d{1,3})$/.exec(text) ?? [];
  const most = { 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return Number(bits) <= most;
}
