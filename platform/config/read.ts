import { UsageError } from "../usage_error.ts";
import { ROWS, VARIABLES, type Variable, type VariableName } from "./table.ts";

export type Env = Readonly<Record<string, string | undefined>>;

type ValueOf<N extends VariableName> = (typeof VARIABLES)[N] extends Variable<infer T> ? T : never;
/** A variable without a default may have no value. */
type Read<N extends VariableName> = (typeof VARIABLES)[N] extends { readonly default: string } ? ValueOf<N> : ValueOf<N> | undefined;

const MAX_SHOWN = 60;

/** A variable's value, or its default. What is empty is not set. Throws UsageError with the variable, its value and what it takes. */
export function read<N extends VariableName>(env: Env, name: N): Read<N> {
  const { kind, default: otherwise } = VARIABLES[name] as unknown as Variable<ValueOf<N>>;
  const given = env[name] || (otherwise && expanded(otherwise, env));
  if (!given) return (otherwise === undefined ? undefined : kind.parse("")) as Read<N>;
  const value = kind.parse(given);
  if (value === undefined) throw new UsageError(wrong(name, given));
  return value as Read<N>;
}

/** The value of one without which nothing can be done. Throws UsageError where it is missing as well. */
export function required<N extends VariableName>(env: Env, name: N): ValueOf<N> {
  const value = read(env, name);
  if (value === undefined) throw new UsageError(`${name} is missing: it takes ${VARIABLES[name].kind.takes}.`);
  return value as ValueOf<N>;
}

/** What is wrong with the variables that are set, a sentence each. */
export function wrongValues(env: Env): string[] {
  return ROWS.flatMap(([name, { kind }]) => {
    const given = env[name];
    return given && kind.parse(given) === undefined ? [wrong(name, given)] : [];
  });
}

function wrong(name: string, given: string): string {
  const { kind, secret } = VARIABLES[name as VariableName] as Variable;
  const shown = given.length > MAX_SHOWN ? `${given.slice(0, MAX_SHOWN)}…` : given;
  return `${name} takes ${kind.takes}${secret ? "" : `, not ${JSON.stringify(shown)}`}.`;
}

function expanded(text: string, env: Env): string {
  return text.replace(/\$([A-Z_]+)/g, (_, name: VariableName) => String(read(env, name)));
}
